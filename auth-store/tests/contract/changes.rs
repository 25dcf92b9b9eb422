//! What hangs on an account ends with its password and with its being active, and nothing comes after.

use auth_runtime::store::{Id, InsertOutcome, Keep, NewAccessToken};
use auth_store::Account;

use crate::given::{
    ALL, Contract, NOW, access, cookie, digest, find_login, find_token, furnished, has_token, hash_of, keep, left,
    log_in, token,
};

async fn login_id(store: &impl Contract, text: &str) -> Id {
    find_login(store, text).await.unwrap().login.id
}

async fn now(store: &impl Contract, username: &str) -> Account {
    store.account(username).await.unwrap().unwrap()
}

async fn a_new_password_ends_logins_and_tokens(store: impl Contract) {
    furnished(&store, "ada").await;
    furnished(&store, "bob").await;
    assert!(store.set_password_hash("ada", Some("new é"), Keep::default()).await.unwrap());
    assert_eq!(hash_of(&store, "ada").await.as_deref(), Some("new é"));
    assert!(left(&store, "ada").await.is_empty());
    let ada = now(&store, "ada").await;
    assert!(store.logins(&ada).await.unwrap().is_empty() && store.tokens(&ada).await.unwrap().is_empty());
    assert_eq!(left(&store, "bob").await, ALL);
    assert!(store.set_password_hash("ada", None, Keep::default()).await.unwrap());
    assert_eq!(hash_of(&store, "ada").await, None);
    assert!(!store.set_password_hash("nobody", Some("new"), Keep::default()).await.unwrap());
    assert_eq!(
        (left(&store, "bob").await, hash_of(&store, "bob").await.as_deref()),
        (ALL.map(String::from).to_vec(), Some("old"))
    );
}

async fn what_is_kept_survives_a_new_password(store: impl Contract) {
    let other = furnished(&store, "bob").await;
    let ada = furnished(&store, "ada").await;
    let cookie = login_id(&store, "ada-login-2").await;
    let bobs = login_id(&store, "bob-login-1").await;
    let change = async |login, personal_tokens| {
        let keep = Keep { login, personal_tokens };
        assert!(store.set_password_hash("ada", Some("new"), keep).await.unwrap());
        left(&store, "ada").await
    };
    // Twice, so that what is kept has moved on and not only been passed over.
    for _ in 0..2 {
        assert_eq!(change(Some(&cookie), true).await, ["login-2", "token-1", "token-2"]);
    }
    let ada_now = now(&store, "ada").await;
    assert_eq!(store.logins(&ada_now).await.unwrap().len(), 1);
    assert_eq!(store.tokens(&ada_now).await.unwrap().len(), 2);
    assert_eq!(find_login(&store, "ada-login-2").await.unwrap().user, ada_now);
    assert_eq!(change(None, true).await, ["token-1", "token-2"]);
    assert_eq!(change(Some(&bobs), true).await, ["token-1", "token-2"]);
    assert!(change(Some(&bobs), false).await.is_empty());
    assert_eq!(left(&store, "bob").await, ALL);
    assert_eq!(now(&store, "bob").await, other);
    assert_ne!(now(&store, "ada").await, ada);
}

async fn a_kept_login_keeps_its_access_token(store: impl Contract) {
    furnished(&store, "ada").await;
    let login = find_token(&store, "ada-access-1").await.unwrap().token.login.unwrap();
    let keep = Keep { login: Some(&login), personal_tokens: false };
    for _ in 0..2 {
        assert!(store.set_password_hash("ada", Some("new"), keep).await.unwrap());
        assert_eq!(left(&store, "ada").await, ["access-1"]);
    }
    let ada = now(&store, "ada").await;
    let old = find_token(&store, "ada-access-1").await.unwrap().token.id;
    let new = NewAccessToken { digest: digest("renewed"), created: NOW, expires: None };
    assert!(store.renew_token(&ada, &old, new).await.unwrap().is_some());
    assert!(has_token(&store, "renewed").await);
}

async fn keeping_what_is_not_there_keeps_nothing(store: impl Contract) {
    for unknown in [Id::from(0), Id::from(-1), Id::from(i64::MAX), Id::from("a uuid"), Id::from("")] {
        let ada = furnished(&store, "ada").await;
        let keep = Keep { login: Some(&unknown), personal_tokens: false };
        assert!(store.set_password_hash("ada", Some("new"), keep).await.unwrap());
        assert!(left(&store, "ada").await.is_empty(), "{unknown}");
        assert_ne!(now(&store, "ada").await, ada);
        assert!(store.delete_account("ada").await.unwrap());
    }
}

async fn a_disabled_account_has_nothing_and_gets_nothing_back(store: impl Contract) {
    furnished(&store, "ada").await;
    furnished(&store, "bob").await;
    assert!(store.set_active("ada", false).await.unwrap());
    assert!(left(&store, "ada").await.is_empty());
    assert!(store.set_active("ada", true).await.unwrap());
    assert!(left(&store, "ada").await.is_empty());
    let ada = now(&store, "ada").await;
    assert!(ada.is_active);
    assert!(store.logins(&ada).await.unwrap().is_empty() && store.tokens(&ada).await.unwrap().is_empty());
    assert_eq!(hash_of(&store, "ada").await.as_deref(), Some("old"));
    assert_eq!(left(&store, "bob").await, ALL);
    log_in(&store, &ada, cookie("ada-login-1")).await;
    keep(&store, &ada, token("ada-token-1")).await;
    assert_eq!(left(&store, "ada").await, ["login-1", "token-1"]);
}

/// Nothing is kept for an account as it was before, and nothing that it had can be renewed.
async fn gets_nothing(store: &impl Contract, before: &Account, old: &Id) {
    assert_eq!(store.insert_login(before, cookie("late cookie")).await.unwrap(), InsertOutcome::AccountChanged);
    assert_eq!(store.insert_login(before, access("late")).await.unwrap(), InsertOutcome::AccountChanged);
    assert_eq!(store.insert_token(before, token("late")).await.unwrap(), InsertOutcome::AccountChanged);
    let new = NewAccessToken { digest: digest("late"), created: NOW, expires: None };
    assert_eq!(store.renew_token(before, old, new).await.unwrap(), None);
    assert_eq!(store.extend_token(before, old, Some(NOW)).await.unwrap(), None);
    assert!(find_login(store, "late cookie").await.is_none() && !has_token(store, "late").await);
}

async fn an_account_as_it_was_before_gets_nothing_any_more(store: impl Contract) {
    let before = furnished(&store, "ada").await;
    let old = find_token(&store, "ada-access-1").await.unwrap().token.id;
    assert!(store.set_password_hash("ada", Some("new"), Keep::default()).await.unwrap());
    gets_nothing(&store, &before, &old).await;
    let between = now(&store, "ada").await;
    assert!(store.set_active("ada", false).await.unwrap());
    for account in [&before, &between] {
        gets_nothing(&store, account, &old).await;
    }
    assert!(store.set_active("ada", true).await.unwrap());
    for account in [&before, &between] {
        gets_nothing(&store, account, &old).await;
    }
    let ada = now(&store, "ada").await;
    log_in(&store, &ada, cookie("late cookie")).await;
    keep(&store, &ada, token("late")).await;
}

async fn a_kept_login_is_renewed_for_the_account_as_it_is_now(store: impl Contract) {
    let before = furnished(&store, "ada").await;
    let token = find_token(&store, "ada-access-1").await.unwrap().token;
    let keep = Keep { login: token.login.as_ref(), personal_tokens: true };
    assert!(store.set_password_hash("ada", Some("new"), keep).await.unwrap());
    gets_nothing(&store, &before, &token.id).await;
    assert_eq!(find_token(&store, "ada-access-1").await.unwrap().token, token);
    let ada = now(&store, "ada").await;
    assert!(store.extend_token(&ada, &token.id, Some(NOW)).await.unwrap().is_some());
}

async fn a_rank_ends_nothing(store: impl Contract) {
    let before = furnished(&store, "ada").await;
    assert!(store.set_staff("ada", true).await.unwrap() && store.set_active("ada", true).await.unwrap());
    assert_eq!(left(&store, "ada").await, ALL);
    assert!(find_login(&store, "ada-login-1").await.unwrap().user.is_staff);
    assert!(find_token(&store, "ada-token-1").await.unwrap().user.is_staff);
    log_in(&store, &before, cookie("more cookies")).await;
    keep(&store, &before, token("more")).await;
}

ask_every_store! { one:
    a_new_password_ends_logins_and_tokens,
    what_is_kept_survives_a_new_password,
    a_kept_login_keeps_its_access_token,
    keeping_what_is_not_there_keeps_nothing,
    a_disabled_account_has_nothing_and_gets_nothing_back,
    an_account_as_it_was_before_gets_nothing_any_more,
    a_kept_login_is_renewed_for_the_account_as_it_is_now,
    a_rank_ends_nothing,
}
