//! The stores' methods in SQL that SQLite and PostgreSQL both understand.
//!
//! This folder is a module of both `sqlite` and `postgres`. Each of them defines `Store`, and its `dialect` has the few
//! statements that differ.

mod accounts;
mod call;
mod clients;
pub(super) mod connections;
mod epochs;
mod groups;
#[cfg(feature = "keys")]
mod keys;
mod logins;
mod manage;
mod names;
pub(super) mod normalize;
mod replays;
mod row;
mod store;
mod tokens;

pub(super) use self::row::{millis, number};
