//! What happens between the check of a password and the login that rests on it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use auth_runtime::store::{
    Backend, Login, LoginRecord, LoginStore, NewLogin, PasswordRecord, PasswordStore, StoreResult,
};
use auth_runtime::views::login_pages;
use auth_runtime::{Authentication, Digest};
use auth_store::{Account, MemoryStore, NewAccount};
use axum::Router;
use tests::{request_with, send, settings};

/// A store in which ada's password becomes `changed` right before a login of hers is kept.
#[derive(Clone)]
struct Meanwhile {
    store: MemoryStore,
    changed: String,
    keeps_login: Arc<AtomicBool>,
}

impl Backend for Meanwhile {
    type User = Account;
}

impl PasswordStore for Meanwhile {
    async fn find_by_username(&self, username: &str) -> StoreResult<Option<PasswordRecord<Account>>> {
        self.store.find_by_username(username).await
    }

    async fn upgrade_hash(&self, user: &Account, old: &str, new: &str) -> StoreResult<()> {
        self.store.upgrade_hash(user, old, new).await
    }
}

impl LoginStore for Meanwhile {
    async fn find_login(&self, digest: &Digest) -> StoreResult<Option<LoginRecord<Account>>> {
        self.store.find_login(digest).await
    }

    async fn insert_login(&self, user: &Account, login: NewLogin) -> StoreResult<Login> {
        self.store.set_password_hash("ada", Some(self.changed.clone()))?;
        self.keeps_login.store(true, Ordering::SeqCst);
        self.store.insert_login(user, login).await
    }

    async fn touch_login(&self, digest: &Digest, at: Duration) -> StoreResult<()> {
        self.store.touch_login(digest, at).await
    }

    async fn end_login(&self, digest: &Digest) -> StoreResult<bool> {
        let was_there = self.store.end_login(digest).await?;
        if was_there {
            self.keeps_login.store(false, Ordering::SeqCst);
        }
        Ok(was_there)
    }
}

/// Logs ada in with `pw`, while her password becomes `changed`: the status, whether a cookie came, whether a login stays.
async fn log_in_while_changed_to(changed: &str) -> (u16, bool, bool) {
    let store = MemoryStore::new();
    let passwords = Authentication::with_settings(store.clone(), settings());
    let hash = passwords.passwords().hash("pw").await.unwrap();
    store.create_account(&NewAccount::new("ada").with_password_hash(hash)).unwrap();
    let changed = passwords.passwords().hash(changed).await.unwrap();
    let keeps_login = Arc::new(AtomicBool::new(false));
    let backend = Meanwhile { store, changed, keeps_login: Arc::clone(&keeps_login) };
    let router =
        Router::new().nest("/auth", login_pages()).with_state(Authentication::with_settings(backend, settings()));
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", "http://testserver")];
    let answer = send(&router, request_with("POST", "/auth/login/", &headers, "username=ada&password=pw")).await;
    let cookie = answer.all("set-cookie").iter().any(|cookie| cookie.starts_with("sessionid="));
    (answer.status.as_u16(), cookie, keeps_login.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_password_changed_meanwhile_leaves_no_login_of_the_old_one() {
    assert_eq!(log_in_while_changed_to("another").await, (200, false, false));
}

#[tokio::test]
async fn a_hash_renewed_meanwhile_refuses_nobody() {
    assert_eq!(log_in_while_changed_to("pw").await, (303, true, true));
}
