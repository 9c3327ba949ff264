//! Looking around: lists, searches, items.

use super::action::{Action, Shown, Subject};
use super::walk::Walk;
use crate::generate::shop::catalogue::{CATEGORIES, ITEMS, Item, of_category};
use crate::generate::shop::order::Line;
use crate::generate::shop::page::Page;
use crate::generate::shop::promotion::PROMOTIONS;

/// What people type into the search box.
const TERMS: [&str; 14] = [
    "trail runner",
    "regenjacke",
    "Regenjacke  Größe M",
    "espresso",
    "gift",
    "geschenk für oma",
    "crème brûlée",
    "pan 28\"",
    "茶碗",
    "kids' toys",
    "🦊",
    "100% wool",
    "sneeker",
    "SKU-1001",
];

/// Events of single teams: no schema knows their names.
const OTHER: [&str; 6] =
    ["size_guide_opened", "PDP Clicks", "chat_opened", "filterApplied", "video_75_percent", "store_finder"];

impl Walk {
    /// The first page.
    pub(super) fn land(&mut self) {
        let category = *self.random.pick(&CATEGORIES);
        let page = match self.random.below(10) {
            0..4 => Page::Home,
            4..7 => Page::Category(category),
            7..9 => Page::Item(self.random.popular(&ITEMS)),
            _ => Page::Help,
        };
        let (home, item) = (matches!(page, Page::Home), if let Page::Item(item) = page { Some(item) } else { None });
        self.open(page);
        if self.random.percent(35) {
            self.act(Action::SessionStart, Subject::Nothing);
        }
        self.act(Action::ViewPage, Subject::Nothing);
        if home && self.random.percent(40) {
            let promotion = self.random.popular(&PROMOTIONS);
            self.act(Action::ViewPromotion, Subject::Promotion(promotion));
            if self.random.percent(30) {
                self.wait(1_000, 9_000);
                self.act(Action::ClickPromotion, Subject::Promotion(promotion));
            }
        }
        if let Some(item) = item {
            let line = self.line(item);
            self.look(&Shown { line, list: None, position: 0 });
        }
    }

    /// Finds a list of items, by a search or in a section, and looks at some of them.
    pub(super) fn look_around(&mut self) {
        let (name, items) = if self.random.percent(30) { self.search() } else { self.section() };
        let mut lines = Vec::new();
        for item in items {
            let line = self.line(item);
            lines.push(line);
        }
        self.act(Action::ViewList, Subject::List { name, items: lines.iter().cloned().collect() });
        for _ in 0..self.random.within(1, 3) {
            let position = self.random.index(lines.len());
            let shown = Shown { line: lines[position].clone(), list: Some(name), position: position + 1 };
            if self.random.percent(30) {
                self.wait(800, 8_000);
                self.act_on(Action::ClickItem, &shown);
            }
            self.open(Page::Item(shown.line.item));
            if self.random.percent(35) {
                self.act(Action::ViewPage, Subject::Nothing);
            }
            self.look(&shown);
        }
    }

    fn search(&mut self) -> (&'static str, Vec<&'static Item>) {
        let term = match &self.guest.person {
            // Typed into the wrong box.
            Some(person) if self.random.one_in(60) => person.email(),
            _ => (*self.random.popular(&TERMS)).to_owned(),
        };
        self.open(Page::Results(term.clone()));
        self.act(Action::Search, Subject::Text(term));
        let found = (0..self.random.within(1, 4)).map(|_| self.random.popular(&ITEMS)).collect();
        ("search results", found)
    }

    fn section(&mut self) -> (&'static str, Vec<&'static Item>) {
        let category = *self.random.pick(&CATEGORIES);
        self.view(Page::Category(category));
        let mut items = of_category(category);
        items.truncate(self.random.index(3) + 2);
        (category, items)
    }

    /// Looks at an item, and does what comes to mind.
    fn look(&mut self, shown: &Shown) {
        self.act_on(Action::ViewItem, shown);
        if self.random.percent(14) {
            self.wait(2_000, 30_000);
            let depth = *self.random.pick(&[25, 50, 75, 90]);
            self.act(Action::Scroll, Subject::Depth(depth));
        }
        for (action, percent) in [
            (Action::AddToWishlist, 7),
            (Action::RemoveFromWishlist, 2),
            (Action::ShareItem, 2),
            (Action::ReviewItem, 2),
        ] {
            if self.random.percent(percent) {
                self.wait(2_000, 20_000);
                self.act_on(action, shown);
            }
        }
        if self.random.percent(5) {
            let name = (*self.random.pick(&OTHER)).to_owned();
            self.act(Action::Other, Subject::Text(name));
        }
    }

    /// Puts an item into the cart.
    pub(super) fn take(&mut self, item: &'static Item) {
        let mut line = self.line(item);
        line.quantity = *self.random.weighted(&[(75, 1), (18, 2), (6, 3), (1, 12)]);
        self.wait(2_000, 30_000);
        self.put(line);
    }

    fn put(&mut self, line: Line) {
        self.act_on(Action::AddToCart, &Shown { line: line.clone(), list: None, position: 0 });
        match self.cart.iter_mut().find(|old| old.item.id == line.item.id && old.variant == line.variant) {
            Some(old) => old.quantity += line.quantity,
            None => self.cart.push(line),
        }
    }
}
