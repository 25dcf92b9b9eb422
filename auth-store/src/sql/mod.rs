//! The stores' methods in SQL that SQLite and PostgreSQL read alike.
//!
//! This folder is a module of `sqlite` and of `postgres`, each of which says what `Store` is; its `dialect` has the few
//! texts in which the two differ.

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
