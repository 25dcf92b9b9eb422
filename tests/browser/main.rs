//! The real `quickstart` program, the admin pages and the page of an `OpenAPI` document, in a real browser: Chromium, driven
//! over the `WebDriver` protocol (W3C).
//!
//! `cargo test -p tests --features browser --test browser`, with `chromium` and `chromedriver` in the path.

#![allow(clippy::unwrap_used)] // tests panic

mod admin;
mod admin_pages;
#[allow(dead_code)] // shared: each test takes a part of it
#[path = "../quickstart/client.rs"]
mod client;
mod driver;
mod foreign_page;
mod forgery;
mod log_in;
mod log_out;
mod notes;
mod openapi_page;
#[allow(dead_code)]
#[path = "../quickstart/server.rs"]
mod server;
