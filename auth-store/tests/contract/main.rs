//! What every store promises, asked of each of them; and what a SQLite file and a PostgreSQL database promise besides.

#![allow(clippy::unwrap_used, clippy::unchecked_time_subtraction)] // tests panic

/// Asks functions of a store that `$fresh` makes. `$take` is what of it they get: [`one`](given::one) handle or
/// [`two`](given::two).
macro_rules! ask {
    ($store:ident, $fresh:path, $take:ident, $($name:ident)+) => {
        mod $store {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let fresh = $fresh(concat!(module_path!(), "::", stringify!($name))).await;
                super::$name($crate::given::$take(&fresh)).await;
                fresh.remove().await;
            })+
        }
    };
}

/// Asks functions of every store in SQL.
macro_rules! ask_every_database {
    ($take:ident: $($name:ident,)+) => {
        #[cfg(feature = "sqlite")]
        ask! { sqlite_in_memory, crate::sqlite::in_memory, $take, $($name)+ }
        #[cfg(feature = "sqlite")]
        ask! { sqlite_file, crate::sqlite::fresh, $take, $($name)+ }
        #[cfg(feature = "services")]
        ask! { postgres, crate::postgres::fresh, $take, $($name)+ }
    };
}

/// Asks functions of the stores that delete what has expired when they are told to. Redis does so by itself.
macro_rules! ask_every_store_that_sweeps {
    ($take:ident: $($name:ident,)+) => {
        ask! { memory, crate::given::memory, $take, $($name)+ }
        ask_every_database! { $take: $($name,)+ }
    };
}

/// Asks functions of every store: a new one is one more line.
macro_rules! ask_every_store {
    ($take:ident: $($name:ident,)+) => {
        ask! { memory, crate::given::memory, $take, $($name)+ }
        #[cfg(all(feature = "services", feature = "sqlite"))]
        ask! { redis, crate::redis::fresh, $take, $($name)+ }
        ask_every_database! { $take: $($name,)+ }
    };
}

mod accounts;
mod attempts;
#[cfg(any(feature = "sqlite", feature = "services"))]
mod cache;
mod changes;
mod clients;
#[cfg(all(feature = "services", feature = "sqlite"))]
mod deadlines;
#[cfg(all(feature = "services", feature = "sqlite"))]
mod forgetful_redis;
#[cfg(all(feature = "services", feature = "sqlite", target_os = "linux"))]
mod full_disk;
mod given;
mod groups;
#[cfg(feature = "keys")]
mod keys;
mod limits;
mod logins;
mod names;
#[cfg(feature = "services")]
mod postgres;
#[cfg(all(feature = "services", feature = "sqlite"))]
mod proxy;
mod races;
#[cfg(all(feature = "services", feature = "sqlite"))]
mod redis;
mod replays;
#[cfg(feature = "sqlite")]
mod sqlite;
mod sweep;
mod token_limits;
mod tokens;
mod touches;
