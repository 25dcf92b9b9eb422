//! Rows that were filled in, beside rows that the store makes of the same.

use std::time::Duration;

use auth_runtime::store::{
    AccessToken, Client, Id, InsertOutcome, Login, LoginEntry, NewCredential, NewLogin, NewToken, TokenEntry,
};
use auth_runtime::{PresentedToken, TokenFormat, TokenKind};
use auth_store::{Account, Store};
use redis::aio::MultiplexedConnection;

use super::{ADDRESS, TOKEN_NAME, USER_AGENT, redis as in_redis};
use crate::credential::{cookie, cookie_digest, csrf_secret, digest, token, token_digest, username};

/// Compares what some accounts have with what the store itself makes for them, which is ended afterwards.
///
/// # Panics
///
/// When they differ in anything but their ids and their secrets.
pub async fn check<B: Store>(store: &B, redis: Option<&mut MultiplexedConnection>, size: u64, since: Duration) {
    let mut redis = redis;
    for n in [1, size / 2 + 1, size] {
        let account = store.account(&username(n)).await.expect("an answer").expect("the account");
        assert_eq!(u64::try_from(account.id), Ok(n));
        check_cookie(store, &account, n, since).await;
        match &mut redis {
            None => check_personal_token(store, &account, n, since).await,
            Some(redis) => {
                check_access_token(store, &account, n, since).await;
                check_kept(store, redis, &account, n, since).await;
            }
        }
    }
}

async fn check_cookie<B: Store>(store: &B, account: &Account, n: u64, since: Duration) {
    let filled = store.find_login(&cookie_digest(n)).await.expect("an answer").expect("the login");
    assert_eq!((filled.user.id, filled.csrf_secret), (account.id, Some(csrf_secret(n))));
    let made = log_in(store, account, of_cookie(&twin(&cookie(n))), since).await;
    assert_alike(store, account, filled.login, made).await;
}

async fn check_access_token<B: Store>(store: &B, account: &Account, n: u64, since: Duration) {
    let filled = find_token(store, &token(TokenKind::Access, n)).await;
    // Another form, so that the store looks for it in Redis too.
    let credential = NewCredential::Token { digest: digest(&twin("token")) };
    let made = log_in(store, account, credential, since).await;
    let presented = PresentedToken::of(digest(&twin("token")));
    let record = store.find_token(&presented).await.expect("an answer").expect("the token");
    let as_filled = AccessToken { id: filled.id.clone(), login: filled.login.clone(), ..record.token };
    assert_eq!(filled, as_filled);
    let login = entry(store, account, filled.login.as_ref().expect("a login")).await.login;
    assert_alike(store, account, login, made).await;
}

async fn check_personal_token<B: Store>(store: &B, account: &Account, n: u64, since: Duration) {
    let filled = find_token(store, &token(TokenKind::Personal, n)).await;
    let mut token = NewToken::new(digest(&twin("token")), since);
    TOKEN_NAME.clone_into(&mut token.name);
    let InsertOutcome::Kept(made) = store.insert_token(account, token).await.expect("an answer") else {
        panic!("the account was changed")
    };
    store.touch_tokens(&[(made.id.clone(), since)]).await.expect("an answer");
    let entries = store.tokens(account).await.expect("an answer");
    let entry = |id: &Id| entries.iter().find(|entry| entry.token.id == *id).expect("the token").clone();
    let (made, filled) = (entry(&made.id), entry(&filled.id));
    let as_filled =
        TokenEntry { token: AccessToken { id: filled.token.id.clone(), ..made.token.clone() }, ..made.clone() };
    assert_eq!(format!("{filled:?}"), format!("{as_filled:?}"));
    assert!(store.revoke_token(account, &made.token.id).await.expect("an answer"));
}

/// What stands in Redis itself.
async fn check_kept<B: Store>(
    store: &B,
    redis: &mut MultiplexedConnection,
    account: &Account,
    n: u64,
    since: Duration,
) {
    let as_token = NewCredential::Token { digest: digest(&twin("token")) };
    let token = token_digest(TokenKind::Access, n);
    for (filled, credential) in [(cookie_digest(n), of_cookie(&twin("cookie"))), (token, as_token)] {
        let twin = *credential.digest();
        let made = log_in(store, account, credential, since).await;
        assert_eq!(in_redis::kept(redis, &filled).await, in_redis::kept(redis, &twin).await);
        assert!(store.revoke_login(account, &made.id).await.expect("an answer"));
    }
}

/// A text that nobody presents.
fn twin(text: &str) -> String {
    format!("twin of {text}")
}

fn of_cookie(text: &str) -> NewCredential {
    NewCredential::Cookie { digest: digest(text), csrf_secret: Some(csrf_secret(0)) }
}

async fn find_token<B: Store>(store: &B, text: &str) -> AccessToken {
    let presented = TokenFormat::default().read(text.as_bytes()).expect("a token");
    store.find_token(&presented).await.expect("an answer").expect("the token").token
}

async fn log_in<B: Store>(store: &B, account: &Account, credential: NewCredential, since: Duration) -> Login {
    let mut login = NewLogin::new(credential, Client::default(), since);
    login.address = Some(ADDRESS.parse().expect("an address"));
    USER_AGENT.clone_into(&mut login.user_agent);
    match store.insert_login(account, login).await.expect("an answer") {
        InsertOutcome::Kept(login) => login,
        other => panic!("{other:?}"),
    }
}

async fn entry<B: Store>(store: &B, account: &Account, id: &Id) -> LoginEntry {
    let entries = store.logins(account).await.expect("an answer");
    entries.into_iter().find(|entry| entry.login.id == *id).expect("the login")
}

/// Compares the login that was filled in with the one that was made, and ends the latter.
async fn assert_alike<B: Store>(store: &B, account: &Account, filled: Login, made: Login) {
    let as_filled = Login { id: filled.id.clone(), ..made.clone() };
    assert_eq!(filled, as_filled);
    let (filled, mut entry_made) = (entry(store, account, &filled.id).await, entry(store, account, &made.id).await);
    entry_made.login.id = filled.login.id.clone();
    assert_eq!(format!("{filled:?}"), format!("{entry_made:?}"));
    assert!(store.revoke_login(account, &made.id).await.expect("an answer"));
}
