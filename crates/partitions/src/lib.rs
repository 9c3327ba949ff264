//! Registers in Glue, ahead of time, every partition that the transform can write.
//!
//! Redshift Spectrum reads registered partitions alone: the rows of another are neither found nor missed. Which
//! partitions there can be is known before the first row arrives, because event types are a closed list and dates lie in
//! a window around arrival ([`clickstream::partition`]). So nobody has to look at S3: once an hour, the partitions of
//! the next days are registered, and every row is found the moment that its object is written.
//!
//! # Layout, in the order in which an invocation runs
//!
//! * [`config`]: what the environment says, checked at start
//! * [`task`]: what the event asks for, as dates
//! * [`registrar`]: wanted, already there, missing; what became of each
//! * [`glue`]: the four operations of AWS Glue that this takes
//! * [`client`]: a call to Glue, and when it is made again
//! * [`report`]: what the caller and the log are told

pub mod client;
pub mod config;
pub mod glue;
pub mod registrar;
pub mod report;
pub mod task;
