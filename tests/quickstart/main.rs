//! The real `quickstart` program over real HTTP, as somebody sees it who has Rust alone.

#![allow(clippy::unwrap_used)] // tests panic

mod client;
mod curl;
#[cfg(unix)]
mod file_modes;
mod killed;
mod odd_requests;
#[cfg(feature = "services")]
#[allow(dead_code)] // the contract's tests use the rest
#[path = "../../auth-store/tests/contract/proxy.rs"]
mod proxy;
mod restart;
mod server;
mod start_errors;
mod store_failures;
mod ways_in;
