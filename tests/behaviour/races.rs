//! What happens between the check of a password and the login or the token that rests on it.

use std::time::Duration;

use auth_runtime::store::{
    AccessToken, AccountStore, Backend, Id, InsertOutcome, Keep, Login, LoginRecord, LoginStore, NewAccount, NewLogin,
    NewToken, PasswordRecord, PasswordStore, StoreResult, TokenRecord, TokenStore,
};
use auth_runtime::views::{login_pages, obtain_token};
use auth_runtime::{AllowAnonymous, AuthContext, Digest, PresentedToken, Username};
use auth_store::{Account, MemoryStore};
use axum::Router;
use tests::{Answer, request_with, send, settings};

use crate::support::cookie_set;

/// What becomes of ada right before a login or a token of hers is kept.
#[derive(Clone)]
enum Change {
    /// Somebody changes the password to the one of this hash.
    Password(String),
    /// Another login of hers has put this hash of the same password in the place of the old one.
    Upgrade(String),
    Disabled,
    Deleted,
}

/// A store in which that happens.
#[derive(Clone)]
struct Meanwhile {
    store: MemoryStore,
    change: Change,
}

impl Meanwhile {
    async fn change(&self, user: &Account) -> StoreResult<()> {
        match &self.change {
            Change::Password(hash) => self.store.set_password_hash("ada", Some(hash), Keep::default()).await.map(drop),
            Change::Upgrade(new) => {
                let old = self
                    .store
                    .find_by_username(&Username::parse("ada").unwrap())
                    .await?
                    .and_then(|record| record.hash)
                    .unwrap();
                self.store.upgrade_hash(user, &old, new).await
            }
            Change::Disabled => self.store.set_active("ada", false).await.map(drop),
            Change::Deleted => self.store.delete_account("ada").await.map(drop),
        }
    }
}

impl Backend for Meanwhile {
    type User = Account;
}

impl PasswordStore for Meanwhile {
    async fn find_by_username(&self, username: &Username<'_>) -> StoreResult<Option<PasswordRecord<Account>>> {
        self.store.find_by_username(username).await
    }

    async fn upgrade_hash(&self, user: &Account, old: &str, new: &str) -> StoreResult<()> {
        self.store.upgrade_hash(user, old, new).await
    }
}

impl TokenStore for Meanwhile {
    async fn find_token(&self, token: &PresentedToken) -> StoreResult<Option<TokenRecord<Account>>> {
        self.store.find_token(token).await
    }

    async fn insert_token(&self, user: &Account, token: NewToken) -> StoreResult<InsertOutcome<AccessToken>> {
        self.change(user).await?;
        self.store.insert_token(user, token).await
    }
}

impl LoginStore for Meanwhile {
    async fn find_login(&self, digest: &Digest) -> StoreResult<Option<LoginRecord<Account>>> {
        self.store.find_login(digest).await
    }

    async fn insert_login(&self, user: &Account, login: NewLogin) -> StoreResult<InsertOutcome<Login>> {
        self.change(user).await?;
        self.store.insert_login(user, login).await
    }

    async fn touch_logins(&self, used: &[(Id, Duration)]) -> StoreResult<()> {
        self.store.touch_logins(used).await
    }

    async fn end_login(&self, digest: &Digest) -> StoreResult<bool> {
        self.store.end_login(digest).await
    }
}

/// What the login page and the token endpoint answer to ada's `pw`, while she is changed.
async fn answers_while(change: impl AsyncFnOnce(&AuthContext<MemoryStore>) -> Change) -> (Answer, Answer) {
    let store = MemoryStore::new();
    let app = AuthContext::with_settings(store.clone(), settings());
    let hash = app.passwords().hash("pw").await.unwrap();
    store.create_account(&NewAccount::new("ada").with_password_hash(&hash)).await.unwrap().unwrap();
    let backend = Meanwhile { store: store.clone(), change: change(&app).await };
    let router = Router::new()
        .nest("/auth", login_pages())
        .route("/obtain", obtain_token::<AuthContext<Meanwhile>, AllowAnonymous>())
        .with_state(AuthContext::with_settings(backend, settings()));
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", "http://testserver")];
    let post = async |path| send(&router, request_with("POST", path, &headers, "username=ada&password=pw")).await;
    let page = post("/auth/login/").await;
    // As it was, for the second one.
    store.delete_account("ada").await.unwrap();
    store.create_account(&NewAccount::new("ada").with_password_hash(&hash)).await.unwrap().unwrap();
    (page, post("/obtain").await)
}

#[tokio::test]
async fn a_change_of_the_account_meanwhile_leaves_no_login_and_no_token() {
    for (what, change) in [("disabled", Some(Change::Disabled)), ("deleted", Some(Change::Deleted)), ("password", None)]
    {
        let (page, obtain) = answers_while(async |app| match change {
            Some(change) => change,
            None => Change::Password(app.passwords().hash("another").await.unwrap()),
        })
        .await;
        assert_eq!(page.status, 200, "{what}");
        assert!(page.body.contains("correct username and password"), "as for a wrong password: {what}: {page:?}");
        assert_eq!(cookie_set(&page, "sessionid"), None, "{what}");
        assert_eq!(obtain.status, 400, "{what}");
        assert_eq!(
            obtain.json(),
            serde_json::json!({ "non_field_errors": ["Unable to log in with provided credentials."] }),
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_hash_renewed_meanwhile_refuses_nobody() {
    let (page, obtain) = answers_while(async |app| Change::Upgrade(app.passwords().hash("pw").await.unwrap())).await;
    assert_eq!((page.status.as_u16(), cookie_set(&page, "sessionid").is_some()), (303, true));
    assert_eq!((obtain.status.as_u16(), obtain.json()["token"].is_string()), (200, true));
}
