//! The shop: what it sells, where it is entered, and how it is found. Tables only; chance is elsewhere.

pub(crate) mod campaign;
pub(crate) mod catalogue;
pub(crate) mod order;
pub(crate) mod page;
pub(crate) mod promotion;
pub(crate) mod site;
