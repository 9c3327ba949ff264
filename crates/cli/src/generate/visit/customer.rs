//! A person's visit: what for, and when they say who they are.

use super::action::{Action, Subject};
use super::walk::Walk;
use crate::generate::people::person::Account;
use crate::generate::shop::campaign::CHANNELS;
use crate::generate::shop::order::Order;
use crate::generate::shop::page::Page;
use std::rc::Rc;

const MINUTE: i64 = 60_000;

/// What a visit is for.
#[derive(Debug, Clone, Copy)]
enum Intent {
    Glance,
    Browse,
    /// Fills a cart and leaves it.
    Collect,
    Buy,
    /// Sees to the account.
    Manage,
}

impl Walk {
    /// The whole visit of a person.
    pub(super) fn visit(&mut self) {
        let has_account = self.guest.account == Account::Open;
        let intents = [
            (22, Intent::Glance),
            (42, Intent::Browse),
            (14, Intent::Collect),
            (17, Intent::Buy),
            (if has_account { 8 } else { 0 }, Intent::Manage),
        ];
        let intent = *self.random.weighted(&intents);
        self.logged_in = has_account && self.random.percent(self.guest.habits.stay_logged_in);
        if let Intent::Manage = intent {
            return self.manage();
        }
        self.land();
        if self.logged_in {
            self.tell_former_id();
        }
        if let Intent::Glance = intent {
            return;
        }
        for _ in 0..self.random.within(1, 2) {
            self.look_around();
        }
        self.interrupt();
        if has_account && !self.logged_in && self.random.percent(self.guest.habits.log_in) {
            self.log_in();
        }
        match intent {
            Intent::Collect => self.fill_cart(),
            Intent::Buy => {
                self.fill_cart();
                self.check_out();
            }
            _ => {}
        }
        if self.random.percent(3) {
            self.act(Action::Subscribe, Subject::Nothing);
        }
        self.log_out(self.guest.habits.log_out);
    }

    /// Some leave the page open for a while; some leave, and come back through another door.
    fn interrupt(&mut self) {
        if self.random.percent(5) {
            self.wait(20 * MINUTE, 45 * MINUTE);
        }
        if self.random.percent(5) {
            let channel = self.random.weighted(&CHANNELS);
            self.enter_by(channel);
            self.land();
        }
    }

    /// Gives back an order, or one line of it.
    pub(super) fn give_back(&mut self, order: &Rc<Order>, as_customer: bool) {
        self.view(Page::Account);
        if as_customer {
            self.log_in();
        }
        self.view(Page::Help);
        self.wait(20_000, 120_000);
        let line = self.random.pick(&order.cart.lines);
        let back = if self.random.percent(50) { Rc::new(order.returned(line)) } else { order.clone() };
        self.act(Action::RefundOrder, Subject::Order(back));
        self.log_out(self.guest.habits.log_out);
    }

    /// Looks after the account; those who forgot the password come with a secret in the address.
    fn manage(&mut self) {
        let forgot = !self.logged_in && self.random.percent(40);
        let page = if forgot { Page::Reset(self.random.draw()) } else { Page::Account };
        self.view(page);
        if !self.logged_in {
            self.log_in();
        }
        self.view(Page::Account);
        self.act(Action::Identify, Subject::Nothing);
        self.log_out(self.guest.habits.log_out.max(50));
    }

    /// In the checkout, customers log in, some newcomers open an account, and the others stay guests.
    pub(super) fn log_in_to_buy(&mut self) {
        match self.guest.account {
            _ if self.logged_in => {}
            Account::Open if self.random.percent(85) => self.log_in(),
            Account::Possible if self.random.percent(35) => {
                self.wait(20_000, 90_000);
                self.logged_in = true;
                self.act(Action::SignUp, Subject::Nothing);
                self.act(Action::Alias, Subject::Nothing);
                self.act(Action::Identify, Subject::Nothing);
            }
            _ => {}
        }
    }

    /// Whoever had another user id is told to be the same, once a visit.
    fn tell_former_id(&mut self) {
        if let Some(former) = self.guest.former.take() {
            self.act(Action::Alias, Subject::Text(former));
        }
    }

    fn log_in(&mut self) {
        self.wait(5_000, 30_000);
        self.logged_in = true;
        let method = *self.random.weighted(&[(70, "password"), (20, "passkey"), (10, "google")]);
        self.act(Action::LogIn, Subject::Text(method.to_owned()));
        self.tell_former_id();
        if self.random.percent(40) {
            self.act(Action::Identify, Subject::Nothing);
        }
    }

    fn log_out(&mut self, percent: u64) {
        if self.logged_in && self.random.percent(percent) {
            self.wait(2_000, 60_000);
            self.act(Action::LogOut, Subject::Nothing);
            self.logged_in = false;
        }
    }
}
