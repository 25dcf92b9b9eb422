//! The program itself, on files and, with the feature `services`, on servers.

#![allow(clippy::unwrap_used)] // tests panic
#![allow(clippy::disallowed_methods)] // what a test begins with needs no event

mod clients;
mod damaged;
mod django;
mod groups;
mod import;
mod import_names;
mod keys;
mod logins;
mod program;
mod readme;
#[cfg(feature = "services")]
mod services;
mod support;
#[cfg(target_os = "linux")]
mod terminal;
mod tokens;
mod users;
