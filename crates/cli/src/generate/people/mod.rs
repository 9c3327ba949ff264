//! Who visits: persons, what they hold in their hands, and robots. All of them follow from the seed and a number, so
//! that none has to be remembered.

pub(crate) mod agent;
pub(crate) mod device;
pub(crate) mod person;
pub(crate) mod visitor;
