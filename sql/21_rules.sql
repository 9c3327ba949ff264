-- How visits are classified: data, for the shop to change here. All names in lower case.

-- What a referrer's host or a utm_source is. A name fits itself and its subdomains; the longest one that fits counts.
-- Hosts of kind internal and payment are no referrers.
create table if not exists ${schema}.source_rules (name varchar(255), kind varchar(16));
delete from ${schema}.source_rules;
insert into ${schema}.source_rules values
  ('${own_domain}', 'internal'),
  ('paypal.com', 'payment'), ('stripe.com', 'payment'), ('klarna.com', 'payment'), ('adyen.com', 'payment'),
  ('mollie.com', 'payment'), ('sofort.com', 'payment'), ('giropay.de', 'payment'), ('amazonpay.com', 'payment'),
  ('pay.google.com', 'payment'), ('appleid.apple.com', 'payment'), ('3dsecure.io', 'payment'),
  ('google', 'search'), ('google.com', 'search'), ('google.de', 'search'), ('google.at', 'search'),
  ('google.ch', 'search'), ('google.co.uk', 'search'), ('google.fr', 'search'), ('bing', 'search'),
  ('bing.com', 'search'), ('duckduckgo', 'search'), ('duckduckgo.com', 'search'), ('yahoo', 'search'),
  ('yahoo.com', 'search'), ('ecosia', 'search'), ('ecosia.org', 'search'), ('yandex', 'search'),
  ('yandex.ru', 'search'), ('baidu', 'search'), ('baidu.com', 'search'), ('qwant.com', 'search'),
  ('startpage.com', 'search'),
  ('facebook', 'social'), ('facebook.com', 'social'), ('fb', 'social'), ('ig', 'social'), ('instagram', 'social'),
  ('instagram.com', 'social'), ('tiktok', 'social'), ('tiktok.com', 'social'), ('twitter', 'social'),
  ('twitter.com', 'social'), ('t.co', 'social'), ('x.com', 'social'), ('linkedin', 'social'),
  ('linkedin.com', 'social'), ('lnkd.in', 'social'), ('pinterest', 'social'), ('pinterest.com', 'social'),
  ('reddit', 'social'), ('reddit.com', 'social'), ('youtube', 'social'), ('youtube.com', 'social'),
  ('snapchat', 'social'), ('snapchat.com', 'social'), ('threads.net', 'social'), ('whatsapp', 'social'),
  ('newsletter', 'email'), ('mail.google.com', 'email'), ('outlook.live.com', 'email'), ('mail.yahoo.com', 'email');

-- What a click id says where no utm_ parameter does. One that is not here: its own name as source, medium cpc.
create table if not exists ${schema}.click_rules (click_id_type varchar(32), source varchar(32), medium varchar(32));
delete from ${schema}.click_rules;
insert into ${schema}.click_rules values
  ('gclid', 'google', 'cpc'), ('gbraid', 'google', 'cpc'), ('wbraid', 'google', 'cpc'), ('dclid', 'google', 'display'),
  ('srsltid', 'google', 'organic'), ('msclkid', 'bing', 'cpc'), ('fbclid', 'facebook', 'social'),
  ('ttclid', 'tiktok', 'paid_social'), ('twclid', 'twitter', 'paid_social'), ('li_fat_id', 'linkedin', 'paid_social');

-- The channel of a session that did not come directly: the first rule, by priority, whose kind and medium (an SQL
-- pattern, against the medium in lower case) fit. Null fits everything; so the last rule fits all.
create table if not exists ${schema}.channel_rules (
  priority integer, channel varchar(32), kind varchar(16), medium_like varchar(64)
);
delete from ${schema}.channel_rules;
insert into ${schema}.channel_rules values
  (10, 'Display', null, 'display%'), (11, 'Display', null, 'banner'), (12, 'Display', null, 'cpm'),
  (20, 'Paid Search', 'search', 'cp_'), (21, 'Paid Search', 'search', 'ppc'), (22, 'Paid Search', 'search', 'paid%'),
  (30, 'Paid Social', 'social', 'cp_'), (31, 'Paid Social', 'social', 'ppc'), (32, 'Paid Social', 'social', 'paid%'),
  (33, 'Paid Social', null, 'paid%social%'),
  (40, 'Paid Other', null, 'cp_'), (41, 'Paid Other', null, 'ppc'), (42, 'Paid Other', null, 'paid%'),
  (50, 'Email', 'email', null), (51, 'Email', null, 'e%mail%'), (52, 'Email', null, 'newsletter'),
  (60, 'Affiliates', null, 'affiliate%'), (70, 'SMS', null, 'sms'), (71, 'Push', null, '%push%'),
  (80, 'Organic Search', 'search', null),
  (90, 'Organic Social', 'social', null), (91, 'Organic Social', null, 'social%'),
  (100, 'Referral', null, 'referral'),
  (999, 'Unassigned', null, null);
