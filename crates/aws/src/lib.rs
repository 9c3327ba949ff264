//! Signed calls of AWS's JSON protocol, for what needs an operation or two of AWS and not its SDK.
//! <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>
//!
//! What an operation's answer means, which of a service's errors pass and when a call is made again is for the caller.
//!
//! # Layout
//!
//! * [`access`]: which service, where, on whose behalf
//! * [`client`]: a call, signed
//! * [`failure`]: why there is no answer, and what the service says of it

pub mod access;
pub mod client;
pub mod failure;

pub use access::Access;
pub use aws_credential_types::Credentials;
pub use client::Client;
pub use failure::Failure;
