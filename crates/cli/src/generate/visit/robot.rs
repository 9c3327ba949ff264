//! A robot's visit: many pages, quickly, without end or purpose.

use super::action::{Action, Shown, Subject};
use super::walk::Walk;
use crate::generate::shop::catalogue::{CATEGORIES, ITEMS};
use crate::generate::shop::page::Page;

impl Walk {
    pub(super) fn crawl(&mut self) {
        self.view(Page::Home);
        for _ in 0..self.random.within(4, 24) {
            self.wait(200, 2_000);
            if self.random.percent(25) {
                let category = *self.random.pick(&CATEGORIES);
                self.view(Page::Category(category));
            } else {
                let item = self.random.pick(&ITEMS);
                self.view(Page::Item(item));
                if self.random.percent(40) {
                    let line = self.line(item);
                    self.act(Action::ViewItem, Subject::Item(Shown { line, list: None, position: 0 }));
                }
            }
        }
    }
}
