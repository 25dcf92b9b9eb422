//! Behaviour over HTTP, as a user of the crates sees it.

#![allow(clippy::unused_async, clippy::unwrap_used)] // handlers are async, and tests panic
#![allow(clippy::similar_names, clippy::type_complexity)] // routes and their router, tables of cases

mod anonymous;
mod attributes;
mod audit;
mod bad_input;
mod bearer;
mod bodies;
mod challenges;
mod clients;
#[path = "../compat/mod.rs"]
mod compat;
mod configured;
mod cross_site;
mod csrf;
mod defaults;
mod derived;
mod documents;
mod doors;
mod endpoints;
mod events;
mod guards;
mod handlers;
mod inactive_accounts;
mod interop;
mod logins;
mod names;
mod openapi_documents;
mod openapi_operations;
mod passwords;
mod permissions;
mod properties;
mod races;
mod remote_user;
mod returned_errors;
mod sessions;
mod signed_bodies;
mod storeys;
mod support;
mod testing;
mod throttles;
mod tokens;

mod traces;
