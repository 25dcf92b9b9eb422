//! The admin pages as a browser asks for them, without a network.

#![allow(clippy::unwrap_used)] // tests panic
#![allow(clippy::disallowed_methods)] // what a test begins with needs no event

mod access;
mod clients;
mod forms;
mod headers;
mod sign_in;
mod support;
mod text;
mod tokens;
mod users;
