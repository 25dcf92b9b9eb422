//! Personal tokens, and the access tokens of logins.

use std::time::Duration;

use auth_runtime::store::{AccessToken, Id, NewAccessToken, NewToken};
use auth_runtime::{Digest, TokenFormat, TokenKind};

use crate::given::{
    ALL, Contract, NOW, access_of, client, digest, find_login, find_token, furnished, has_login, has_token, keep, left,
    log_in, make, seconds, token,
};

fn new(text: &str) -> NewAccessToken {
    NewAccessToken { digest: digest(text), created: NOW + seconds(60), expires: None }
}

async fn id_of(store: &impl Contract, text: &str) -> Id {
    find_token(store, text).await.unwrap().token.id
}

async fn tokens_are_found_by_their_digest(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let mut short = token("short");
    short.expires = Some(NOW + Duration::from_millis(7));
    let made = keep(&store, &ada, short).await;
    let wanted = AccessToken {
        id: made.id.clone(),
        created: NOW,
        expires: Some(NOW + Duration::from_millis(7)),
        ..AccessToken::default()
    };
    assert_eq!(made, wanted, "to the millisecond");
    let found = find_token(&store, "short").await.unwrap();
    assert_eq!((found.user, found.token), (ada.clone(), wanted));
    assert_eq!(find_token(&store, "ada-token-1").await.unwrap().token.expires, None);
    assert!(!has_token(&store, "other").await);
    assert!(!has_token(&store, "ada-login-1").await && !has_login(&store, "ada-token-1").await);

    let mut forever = token("forever");
    forever.expires = Some(Duration::MAX);
    keep(&store, &ada, forever).await;
    let forever = find_token(&store, "forever").await.unwrap().token;
    assert!(forever.expires.unwrap() > NOW + seconds(100 * 365 * 86_400), "{forever:?}");
}

async fn a_digest_stands_once(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let bob = furnished(&store, "bob").await;
    for account in [&ada, &bob] {
        for taken in ["ada-token-1", "ada-access-1"] {
            let mut second = token(taken);
            second.name = "second".into();
            second.expires = Some(NOW);
            store.insert_token(account, second).await.unwrap_err();
        }
    }
    let first = find_token(&store, "ada-token-1").await.unwrap();
    assert_eq!((first.user, first.token.expires), (ada.clone(), None));
    assert!(find_token(&store, "ada-access-1").await.unwrap().token.login.is_some());
    assert!(store.tokens(&ada).await.unwrap().iter().all(|entry| entry.name.is_empty()));
    assert_eq!((store.tokens(&ada).await.unwrap().len(), store.tokens(&bob).await.unwrap().len()), (2, 2));
    store.revoke_token(&ada, &first.token.id).await.unwrap();
    keep(&store, &bob, token("ada-token-1")).await;
    assert_eq!(find_token(&store, "ada-token-1").await.unwrap().user, bob, "what was revoked leaves its digest");
}

async fn tokens_in_the_applications_form_are_found(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let format = TokenFormat::new("shop").unwrap();
    let secret = format.generate(TokenKind::Personal).unwrap();
    let made = keep(&store, &ada, NewToken::new(secret.digest(), NOW)).await;
    let presented = format.read(secret.reveal().as_bytes()).unwrap();
    assert_eq!(store.find_token(&presented).await.unwrap().unwrap().token, made);
    let other = format.generate(TokenKind::Personal).unwrap();
    assert!(store.find_token(&format.read(other.reveal().as_bytes()).unwrap()).await.unwrap().is_none());
}

/// The SHA-512 digest of `9944b09199c62bcf9418ad846dd0e4bb`, by `sha512sum`.
const IMPORTED: &str = "e42aeb92eeea2e2a69b30d4e9e623abc9108ea4359d819fa79558786383b9c2c72db1ca02131db7a9f613123064f60570ffb32234524a8fc2a7c984e735bee10";

async fn imported_digests_are_found(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let bob = make(&store, "bob").await;
    let word = b"9944b09199c62bcf9418ad846dd0e4bb";
    let imported = keep(&store, &ada, NewToken::new(Digest::of_sha512_hex(IMPORTED).unwrap(), NOW)).await;
    let format = TokenFormat::default().with_foreign(true);
    let presented = format.read(word).unwrap();
    let found = store.find_token(&presented).await.unwrap().unwrap();
    assert_eq!((found.user, found.token), (ada.clone(), imported.clone()));
    assert!(store.find_token(&format.read(b"9944b09199c62bcf9418ad846dd0e4bc").unwrap()).await.unwrap().is_none());
    // By its other digest too, which another application that kept SHA-256 has.
    assert!(store.revoke_token(&ada, &imported.id).await.unwrap());
    assert!(store.find_token(&presented).await.unwrap().is_none());
    let own = keep(&store, &bob, NewToken::new(Digest::of(word), NOW)).await;
    let found = store.find_token(&presented).await.unwrap().unwrap();
    assert_eq!((found.user, found.token), (bob, own));
    // A token of one's own is looked up by one digest alone.
    let own = format.generate(TokenKind::Access).unwrap();
    assert_eq!(format.read(own.reveal().as_bytes()).unwrap().imported_digest(), None);
}

async fn owners_see_their_personal_tokens_the_newest_first(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let bob = furnished(&store, "bob").await;
    assert!(store.tokens(&ada).await.unwrap().is_empty());
    let mut made = Vec::new();
    for n in [3_u64, 1, 2, 2] {
        let at = made.len();
        let mut token = NewToken::new(digest(&format!("token-{at}")), NOW + Duration::from_millis(n));
        token.name = format!("CI № {at} 🔧");
        token.expires = Some(NOW + seconds(n));
        made.push((token.name.clone(), keep(&store, &ada, token).await));
    }
    log_in(&store, &ada, access_of(&client("web"), "access", NOW)).await;
    let listed: Vec<_> = store.tokens(&ada).await.unwrap().into_iter().map(|entry| (entry.name, entry.token)).collect();
    assert_eq!(listed, [0, 3, 2, 1].map(|n| made[n].clone()));
    assert_eq!(store.tokens(&bob).await.unwrap().len(), 2);
}

async fn owners_name_and_end_their_personal_tokens(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    furnished(&store, "bob").await;
    let id = id_of(&store, "ada-token-1").await;
    for name in ["Küche 🍲", "", "'; DROP TABLE auth_token; --"] {
        assert!(store.rename_token(&ada, &id, name).await.unwrap());
        for entry in store.tokens(&ada).await.unwrap() {
            assert_eq!(entry.name, if entry.token.id == id { name } else { "" });
        }
    }
    assert!(store.revoke_token(&ada, &id).await.unwrap());
    assert!(!store.revoke_token(&ada, &id).await.unwrap());
    assert!(!store.rename_token(&ada, &id, "gone").await.unwrap());
    assert_eq!(left(&store, "ada").await, ["access-1", "access-2", "login-1", "login-2", "token-2"]);
    keep(&store, &ada, token("third")).await;
    assert_eq!(store.revoke_tokens(&ada).await.unwrap(), 2);
    assert_eq!(store.revoke_tokens(&ada).await.unwrap(), 0);
    assert_eq!(left(&store, "ada").await, ["access-1", "access-2", "login-1", "login-2"]);
    assert_eq!(left(&store, "bob").await, ALL);
}

async fn another_accounts_tokens_are_not_there(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let bob = furnished(&store, "bob").await;
    let mut ids = vec![id_of(&store, "bob-token-1").await, id_of(&store, "bob-access-1").await];
    ids.extend([0, -4_711, i64::MAX, i64::MIN].map(Id::from));
    ids.extend(["", "a uuid", "1 OR 1=1", "01"].map(Id::from));
    for id in ids {
        assert!(!store.rename_token(&ada, &id, "mine").await.unwrap(), "{id}");
        assert!(!store.revoke_token(&ada, &id).await.unwrap(), "{id}");
        assert_eq!(store.renew_token(&ada, &id, new("renewed")).await.unwrap(), None, "{id}");
        assert_eq!(store.extend_token(&ada, &id, Some(NOW)).await.unwrap(), None, "{id}");
    }
    assert!(!has_token(&store, "renewed").await);
    assert_eq!(left(&store, "bob").await, ALL);
    assert!(store.tokens(&bob).await.unwrap().iter().all(|entry| entry.name.is_empty()));
}

async fn an_access_token_is_no_personal_one(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let (access, personal) = (id_of(&store, "ada-access-1").await, id_of(&store, "ada-token-1").await);
    assert!(!store.rename_token(&ada, &access, "x").await.unwrap());
    assert!(!store.revoke_token(&ada, &access).await.unwrap());
    assert_eq!(store.renew_token(&ada, &personal, new("renewed")).await.unwrap(), None);
    assert_eq!(store.extend_token(&ada, &personal, Some(NOW)).await.unwrap(), None);
    assert_eq!(left(&store, "ada").await, ALL);
    assert_eq!(find_token(&store, "ada-token-1").await.unwrap().token.expires, None);
}

async fn a_renewed_token_has_one_successor(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let rules = client("phone")
        .with_idle_lifetime(Some(seconds(500)))
        .with_absolute_lifetime(Some(seconds(1_000)))
        .with_access_lifetime(Some(seconds(100)));
    let login = log_in(&store, &ada, access_of(&rules, "first", NOW)).await;
    let old = id_of(&store, "first").await;
    let wanted = NewAccessToken { expires: Some(NOW + Duration::from_millis(160_001)), ..new("second") };
    let made = store.renew_token(&ada, &old, wanted).await.unwrap().unwrap();
    let token = AccessToken {
        id: made.id.clone(),
        login: Some(login.id.clone()),
        client: "phone".to_owned(),
        created: NOW + seconds(60),
        last_used: Some(NOW + seconds(60)),
        idle_timeout: Some(seconds(500)),
        expires: Some(NOW + Duration::from_millis(160_001)),
    };
    assert_eq!(made, token);
    assert_ne!(made.id, old);
    let found = find_token(&store, "second").await.unwrap();
    assert_eq!((found.user, found.token), (ada.clone(), token));
    assert!(!has_token(&store, "first").await);
    assert_eq!(store.renew_token(&ada, &old, new("third")).await.unwrap(), None);
    assert!(!has_token(&store, "third").await && has_token(&store, "second").await);
    assert_eq!(store.logins(&ada).await.unwrap().len(), 1);
    assert!(store.revoke_login(&ada, &login.id).await.unwrap());
    assert!(!has_token(&store, "second").await, "it hangs on its login too");
    assert_eq!(store.renew_token(&ada, &made.id, new("fourth")).await.unwrap(), None);
}

async fn no_token_outlives_its_login(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let rules = client("phone").with_absolute_lifetime(Some(seconds(1_000)));
    log_in(&store, &ada, access_of(&rules, "token", NOW)).await;
    log_in(&store, &ada, access_of(&rules.with_absolute_lifetime(None), "endless", NOW)).await;
    let end = Some(NOW + seconds(1_000));
    for (wanted, limited, unlimited) in [
        (Some(NOW + seconds(999)), Some(NOW + seconds(999)), Some(NOW + seconds(999))),
        (Some(NOW + seconds(1_001)), end, Some(NOW + seconds(1_001))),
        (None, end, None),
    ] {
        for (text, expires) in [("token", limited), ("endless", unlimited)] {
            let id = id_of(&store, text).await;
            let extended = store.extend_token(&ada, &id, wanted).await.unwrap().unwrap();
            assert_eq!((&extended.id, extended.expires), (&id, expires));
            assert_eq!(find_token(&store, text).await.unwrap().token, extended);
            let renewed = NewAccessToken { expires: wanted, ..new(text) };
            let renewed = NewAccessToken { digest: digest("between"), ..renewed };
            let renewed = store.renew_token(&ada, &id, renewed).await.unwrap().unwrap();
            assert_eq!(renewed.expires, expires);
            store.renew_token(&ada, &renewed.id, new(text)).await.unwrap().unwrap();
        }
    }
}

async fn an_extension_changes_the_end_alone(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let before = find_token(&store, "ada-access-1").await.unwrap().token;
    let expires = Some(NOW + Duration::from_millis(12_345));
    let extended = store.extend_token(&ada, &before.id, expires).await.unwrap().unwrap();
    assert_eq!(extended, AccessToken { expires, ..before.clone() });
    assert_eq!(find_token(&store, "ada-access-1").await.unwrap().token, extended);
    assert_ne!(find_token(&store, "ada-access-2").await.unwrap().token.expires, expires);
    let login =
        store.logins(&ada).await.unwrap().into_iter().find(|entry| Some(&entry.login.id) == before.login.as_ref());
    assert_eq!(login.unwrap().login.expires, before.expires);
}

async fn a_renewal_with_a_digest_that_is_taken_leaves_the_old_token(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let old = id_of(&store, "ada-access-1").await;
    for taken in ["ada-access-2", "ada-token-1", "ada-token-2"] {
        store.renew_token(&ada, &old, new(taken)).await.unwrap_err();
        assert_eq!(left(&store, "ada").await, ALL);
    }
    assert_eq!(id_of(&store, "ada-access-1").await, old);
    assert!(store.renew_token(&ada, &old, new("good")).await.unwrap().is_some());
    assert!(find_login(&store, "ada-login-1").await.is_some());
}

ask_every_store! { one:
    tokens_are_found_by_their_digest,
    a_digest_stands_once,
    tokens_in_the_applications_form_are_found,
    imported_digests_are_found,
    owners_see_their_personal_tokens_the_newest_first,
    owners_name_and_end_their_personal_tokens,
    another_accounts_tokens_are_not_there,
    an_access_token_is_no_personal_one,
    a_renewed_token_has_one_successor,
    no_token_outlives_its_login,
    an_extension_changes_the_end_alone,
    a_renewal_with_a_digest_that_is_taken_leaves_the_old_token,
}
