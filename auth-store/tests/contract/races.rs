//! Many calls at once, through two handles: as many clients as a store is asked by.

use std::sync::Arc;
use std::time::Duration;

use auth_runtime::store::{AtLimit, Id, InsertOutcome, Keep, NameRejection, NewAccessToken, NewAccount};
use auth_store::Account;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::given::{
    ALL, Contract, NOW, access, access_of, client, cookie, cookie_of, digest, find_login, find_token, furnished,
    has_login, has_token, keep, left, log_in, make, seconds, token,
};

/// The answers to as many calls at once, of each of the two handles in turn. Calls are told their number.
pub(crate) async fn at_once<S, T, F>(stores: &[S; 2], times: usize, call: impl Fn(S, usize) -> F) -> Vec<T>
where
    S: Contract,
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(times));
    let mut calls = JoinSet::new();
    for n in 0..times {
        let (start, call) = (Arc::clone(&start), call(stores[n % 2].clone(), n));
        calls.spawn(async move {
            start.wait().await;
            (n, call.await)
        });
    }
    let mut answers = calls.join_all().await;
    answers.sort_by_key(|(n, _)| *n);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn access_at(text: &str, seconds_later: u64) -> NewAccessToken {
    NewAccessToken { digest: digest(text), created: NOW + seconds(seconds_later), expires: None }
}

async fn of_one_name_one_account_is_made(stores: [impl Contract; 2]) {
    let made = at_once(&stores, 30, |store, n| async move {
        let account = NewAccount::new("ada").with_password_hash(format!("hash-{n}"));
        store.create_account(&account).await.unwrap()
    })
    .await;
    let made: Vec<Account> = made.into_iter().filter_map(Result::ok).collect();
    assert_eq!(made.len(), 1);
    assert_eq!(stores[0].account("ada").await.unwrap().as_ref(), made.first());
    assert_eq!(stores[1].accounts("", "", 99).await.unwrap(), made);
}

async fn of_names_that_look_alike_one_account_is_made(stores: [impl Contract; 2]) {
    const NAMES: [&str; 6] = ["ada", "Ada", "ADA", "ada\u{200b}", "aDa", "ａｄａ"];
    let made = at_once(&stores, 30, |store, n| async move {
        store.create_account(&NewAccount::new(NAMES[n % NAMES.len()])).await.unwrap()
    })
    .await;
    let (made, refused): (Vec<_>, Vec<_>) = made.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 1);
    let made = made.into_iter().flatten().next().unwrap();
    for refused in refused {
        let refused = refused.unwrap_err();
        assert!(
            refused == NameRejection::Taken || refused == NameRejection::LooksLike(made.username.clone()),
            "{refused:?}"
        );
    }
    assert_eq!(stores[1].accounts("", "", 99).await.unwrap(), [made]);
}

async fn imports_at_once_take_every_name_once(stores: [impl Contract; 2]) {
    const NAMES: [&str; 5] = ["ada", "Ada", "ADA", "ada\u{200b}", "ada "];
    let made = at_once(&stores, 30, |store, n| async move {
        store.create_account(&NewAccount::imported(NAMES[n % NAMES.len()])).await.unwrap()
    })
    .await;
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), NAMES.len());
    assert!(made.iter().all(|made| made.is_ok() || *made == Err(NameRejection::Taken)));
    assert_eq!(stores[1].accounts("ada", "", 99).await.unwrap().len(), NAMES.len());
}

async fn everything_that_is_made_at_once_arrives(stores: [impl Contract; 2]) {
    let ada = make(&stores[0], "ada").await;
    let ids = at_once(&stores, 40, |store, n| {
        let ada = ada.clone();
        async move {
            keep(&store, &ada, token(&format!("token-{n}"))).await;
            log_in(&store, &ada, cookie(&format!("cookie-{n}"))).await;
            log_in(&store, &ada, access(&format!("access-{n}"))).await;
            make(&store, &format!("account-{n}")).await.id
        }
    })
    .await;
    assert_eq!(ids.into_iter().collect::<std::collections::HashSet<_>>().len(), 40);
    assert_eq!((stores[0].tokens(&ada).await.unwrap().len(), stores[1].logins(&ada).await.unwrap().len()), (40, 80));
    for n in 0..40 {
        let [store, other] = &stores;
        assert!(has_token(store, &format!("token-{n}")).await && has_token(other, &format!("access-{n}")).await, "{n}");
        assert!(has_login(store, &format!("cookie-{n}")).await, "{n}");
    }
}

/// Many logins at once at a limit of five. How many of them were kept, and how many are there then.
async fn at_a_limit(stores: &[impl Contract; 2], at_limit: AtLimit) -> (usize, usize) {
    let ada = make(&stores[0], "ada").await;
    let client = client("few").with_max_logins(Some(5)).with_at_limit(at_limit);
    let kept = at_once(stores, 40, |store, n| {
        let ada = ada.clone();
        let login = match n % 4 {
            0 | 1 => cookie_of(&client, &format!("login-{n}"), NOW),
            _ => access_of(&client, &format!("login-{n}"), NOW),
        };
        async move { store.insert_login(&ada, login).await.unwrap().kept().is_some() }
    })
    .await;
    let mut found = 0;
    for n in 0..kept.len() {
        let text = format!("login-{n}");
        found += usize::from(has_login(&stores[1], &text).await) + usize::from(has_token(&stores[0], &text).await);
    }
    assert_eq!(stores[0].logins(&ada).await.unwrap().len(), found);
    (kept.into_iter().filter(|kept| *kept).count(), found)
}

async fn no_login_too_many_is_kept(stores: [impl Contract; 2]) {
    assert_eq!(at_a_limit(&stores, AtLimit::Refuse).await, (5, 5));
}

async fn the_newest_of_many_logins_remain(stores: [impl Contract; 2]) {
    assert_eq!(at_a_limit(&stores, AtLimit::EndOldest).await, (40, 5));
}

async fn of_single_logins_one_remains(stores: [impl Contract; 2]) {
    let ada = furnished(&stores[0], "ada").await;
    let client = client("single").with_single_login(true);
    let kept = at_once(&stores, 40, |store, n| {
        let (ada, login) = (ada.clone(), access_of(&client, &format!("single-{n}"), NOW));
        async move { store.insert_login(&ada, login).await.unwrap().kept().is_some() }
    })
    .await;
    assert_eq!(kept, [true; 40]);
    let mut found = 0;
    for n in 0..40 {
        found += usize::from(has_token(&stores[n % 2], &format!("single-{n}")).await);
    }
    assert_eq!((found, stores[0].logins(&ada).await.unwrap().len()), (1, 1));
    assert_eq!(left(&stores[1], "ada").await, ["token-1", "token-2"]);
}

async fn a_login_ends_once(stores: [impl Contract; 2]) {
    let ada = furnished(&stores[0], "ada").await;
    let login = find_token(&stores[0], "ada-access-1").await.unwrap().token.login.unwrap();
    let ended = at_once(&stores, 40, |store, _| {
        let (ada, login) = (ada.clone(), login.clone());
        async move { store.revoke_login(&ada, &login).await.unwrap() }
    })
    .await;
    assert_eq!(ended.into_iter().filter(|ended| *ended).count(), 1);
    let ended =
        at_once(&stores, 40, |store, _| async move { store.end_login(&digest("ada-login-2")).await.unwrap() }).await;
    assert_eq!(ended.into_iter().filter(|ended| *ended).count(), 1);
    let ended = at_once(&stores, 40, |store, _| {
        let ada = ada.clone();
        async move { store.revoke_tokens(&ada).await.unwrap() }
    })
    .await;
    assert_eq!(ended.into_iter().sum::<u64>(), 2);
    assert_eq!(left(&stores[1], "ada").await, ["access-2", "login-1"]);
}

async fn a_token_is_renewed_once(stores: [impl Contract; 2]) {
    let ada = furnished(&stores[0], "ada").await;
    let old = find_token(&stores[0], "ada-access-1").await.unwrap().token.id;
    let renewed = at_once(&stores, 40, |store, n| {
        let (ada, old) = (ada.clone(), old.clone());
        async move { store.renew_token(&ada, &old, access_at(&format!("renewed-{n}"), 1)).await.unwrap() }
    })
    .await;
    assert_eq!(renewed.iter().flatten().count(), 1);
    for (n, renewed) in renewed.into_iter().enumerate() {
        let found = find_token(&stores[n % 2], &format!("renewed-{n}")).await.map(|record| record.token);
        assert_eq!(found, renewed, "{n}");
    }
    assert!(!has_token(&stores[0], "ada-access-1").await);
}

/// What ends everything that hangs on an account.
async fn end(store: &impl Contract, way: usize) {
    let ended = match way {
        0 => store.set_password_hash("ada", Some("new"), Keep::default()).await,
        1 => store.set_active("ada", false).await,
        _ => store.delete_account("ada").await,
    };
    assert!(ended.unwrap());
}

async fn nothing_that_is_kept_beside_an_end_outlives_it(stores: [impl Contract; 2]) {
    for way in 0..3 {
        let ada = make(&stores[0], "ada").await;
        at_once(&stores, 60, |store, n| {
            let ada = ada.clone();
            async move {
                let text = format!("beside-{way}-{n}");
                match n % 4 {
                    // In the midst of them.
                    1 if n == 29 => end(&store, way).await,
                    0 | 1 => drop(store.insert_login(&ada, cookie(&text)).await.unwrap()),
                    2 => drop(store.insert_login(&ada, access(&text)).await.unwrap()),
                    _ => drop(store.insert_token(&ada, token(&text)).await.unwrap()),
                }
            }
        })
        .await;
        for n in 0..60 {
            let text = format!("beside-{way}-{n}");
            let [store, other] = &stores;
            assert!(!has_login(store, &text).await && !has_token(other, &text).await, "{text}");
        }
        if let Some(ada) = stores[1].account("ada").await.unwrap() {
            assert!(stores[0].logins(&ada).await.unwrap().is_empty());
            assert!(stores[1].tokens(&ada).await.unwrap().is_empty());
            assert!(stores[1].delete_account("ada").await.unwrap());
        }
    }
}

async fn whoever_comes_after_a_new_password_stays(stores: [impl Contract; 2]) {
    let ada = make(&stores[0], "ada").await;
    let kept = at_once(&stores, 40, |store, n| {
        let before = ada.clone();
        async move {
            if n == 20 {
                end(&store, 0).await;
                return None;
            }
            let ada = store.account("ada").await.unwrap().unwrap();
            let kept = store.insert_login(&ada, cookie(&format!("login-{n}"))).await.unwrap().kept();
            kept.map(|_| ada != before)
        }
    })
    .await;
    let now = stores[0].account("ada").await.unwrap().unwrap();
    for (n, kept) in kept.into_iter().enumerate() {
        let found = find_login(&stores[n % 2], &format!("login-{n}")).await;
        assert_eq!(found.is_some(), kept == Some(true), "{n}");
        assert!(found.is_none_or(|record| record.user == now));
    }
    log_in(&stores[1], &now, cookie("afterwards")).await;
    assert!(has_login(&stores[0], "afterwards").await);
}

async fn a_use_revives_nothing(stores: [impl Contract; 2]) {
    let ada = make(&stores[0], "ada").await;
    let mut batch = (Vec::new(), Vec::new());
    for n in 0..30_u64 {
        let at = NOW + Duration::from_millis(1 + n);
        batch.0.push((log_in(&stores[0], &ada, cookie(&format!("cookie-{n}"))).await.id, at));
        log_in(&stores[0], &ada, access(&format!("access-{n}"))).await;
        batch.1.push((find_token(&stores[0], &format!("access-{n}")).await.unwrap().token.id, at));
    }
    let logins: Vec<Id> = stores[0].logins(&ada).await.unwrap().into_iter().map(|entry| entry.login.id).collect();
    let shared = Arc::new((batch, logins));
    let ended = at_once(&stores, 60, |store, n| {
        let (shared, ada) = (Arc::clone(&shared), ada.clone());
        async move {
            let ((logins, tokens), ids) = &*shared;
            match n % 4 {
                0 => store.touch_logins(logins).await.unwrap(),
                1 => store.touch_tokens(tokens).await.unwrap(),
                2 => store.touch_tokens(&tokens.iter().rev().cloned().collect::<Vec<_>>()).await.unwrap(),
                // Every second login, of either kind.
                _ => return u64::from(store.revoke_login(&ada, &ids[n]).await.unwrap()),
            }
            0
        }
    })
    .await;
    assert_eq!(ended.into_iter().sum::<u64>(), 15);
    assert_eq!(stores[1].logins(&ada).await.unwrap().len(), 45);
    let at_last: Vec<_> = shared.0.0.clone();
    assert_eq!(stores[0].revoke_logins(&ada, None).await.unwrap(), 45);
    at_once(&stores, 8, |store, _| {
        let (shared, at_last) = (Arc::clone(&shared), at_last.clone());
        async move {
            store.touch_logins(&at_last).await.unwrap();
            store.touch_tokens(&shared.0.1).await.unwrap();
        }
    })
    .await;
    for n in 0..30 {
        assert!(!has_login(&stores[1], &format!("cookie-{n}")).await, "{n}");
        assert!(!has_token(&stores[1], &format!("access-{n}")).await, "{n}");
    }
}

async fn a_login_that_ends_while_it_is_renewed_has_ended(stores: [impl Contract; 2]) {
    let ada = make(&stores[0], "ada").await;
    for round in 0..12 {
        let login = log_in(&stores[0], &ada, access(&format!("first-{round}"))).await.id;
        let token = find_token(&stores[0], &format!("first-{round}")).await.unwrap().token.id;
        let answers = at_once(&stores, 4, |store, n| {
            let (ada, login, token) = (ada.clone(), login.clone(), token.clone());
            async move {
                if n == 1 {
                    store.revoke_login(&ada, &login).await.map(|_| ())
                } else {
                    store.renew_token(&ada, &token, access_at(&format!("second-{round}-{n}"), 1)).await.map(|_| ())
                }
            }
        })
        .await;
        for answer in answers {
            answer.unwrap();
        }
        assert!(!has_token(&stores[0], &format!("first-{round}")).await);
        for n in 0..4 {
            assert!(!has_token(&stores[1], &format!("second-{round}-{n}")).await, "{round}, {n}");
        }
    }
    assert!(stores[0].logins(&ada).await.unwrap().is_empty());
}

async fn logins_end_beside_the_end_of_all(stores: [impl Contract; 2]) {
    for round in 0..16 {
        let ada = make(&stores[0], "ada").await;
        let mut ids = Vec::new();
        for n in 0..12 {
            ids.push(log_in(&stores[0], &ada, access(&format!("access-{round}-{n}"))).await.id);
        }
        at_once(&stores, 13, |store, n| {
            let (ada, login) = (ada.clone(), ids.get(n).cloned());
            async move {
                match login {
                    Some(login) => drop(store.revoke_login(&ada, &login).await.unwrap()),
                    None => end(&store, round % 3).await,
                }
            }
        })
        .await;
        for n in 0..12 {
            assert!(!has_token(&stores[1], &format!("access-{round}-{n}")).await);
        }
        stores[1].delete_account("ada").await.unwrap();
    }
}

/// Everything that is done to the logins and tokens of an account, in an order of its own for each `n`.
async fn anything(store: impl Contract, ids: Arc<Vec<(Id, Id)>>, n: usize) {
    let ada = store.account("ada").await.unwrap().unwrap();
    let (login, token_id) = &ids[n % ids.len()];
    let few = client("few").with_max_logins(Some(4)).with_at_limit(AtLimit::EndOldest);
    let text = format!("{}-{n}", ada.id);
    match n % 12 {
        0 => drop(store.revoke_login(&ada, login).await.unwrap()),
        1 => drop(store.revoke_logins(&ada, Some(login)).await.unwrap()),
        2 => drop(store.renew_token(&ada, token_id, access_at(&text, 1)).await.unwrap()),
        3 => {
            let keep = Keep { login: Some(login), personal_tokens: true };
            assert!(store.set_password_hash("ada", Some("new"), keep).await.unwrap());
        }
        4 => {
            let used: Vec<_> = ids.iter().map(|(_, token)| (token.clone(), NOW + seconds(1))).collect();
            store.touch_tokens(&used).await.unwrap();
        }
        5 => drop(store.extend_token(&ada, token_id, Some(NOW + seconds(9))).await.unwrap()),
        6 => drop(store.insert_login(&ada, access_of(&few, &text, NOW)).await.unwrap()),
        7 => drop(store.insert_token(&ada, token(&text)).await.unwrap()),
        8 => drop(store.revoke_tokens(&ada).await.unwrap()),
        9 => drop(store.sweep(NOW + seconds(200)).await.unwrap()),
        10 => {
            let single = client("single").with_single_login(true);
            drop(store.insert_login(&ada, cookie_of(&single, &text, NOW)).await.unwrap());
        }
        _ => {
            let used: Vec<_> = ids.iter().rev().map(|(login, _)| (login.clone(), NOW + seconds(1))).collect();
            store.touch_logins(&used).await.unwrap();
        }
    }
}

async fn no_two_calls_hold_each_other_up(stores: [impl Contract; 2]) {
    for round in 0..6 {
        let ada = make(&stores[0], "ada").await;
        let few = client("few").with_absolute_lifetime(Some(seconds(100)));
        let mut ids = Vec::new();
        for n in 0..6 {
            let text = format!("login-{round}-{n}");
            let login = if n % 2 == 0 { access(&text) } else { access_of(&few, &text, NOW) };
            let login = log_in(&stores[0], &ada, login).await.id;
            ids.push((login, find_token(&stores[0], &text).await.unwrap().token.id));
        }
        let ids = Arc::new(ids);
        at_once(&stores, 24, |store, n| anything(store, Arc::clone(&ids), n)).await;
        assert!(stores[0].delete_account("ada").await.unwrap());
    }
}

async fn deletions_of_clients_and_of_logins_do_not_meet(stores: [impl Contract; 2]) {
    furnished(&stores[0], "bob").await;
    for round in 0..6 {
        let ada = make(&stores[0], "ada").await;
        let web = client("web");
        assert!(stores[0].put_client(&web).await.unwrap());
        let mut ids = Vec::new();
        for n in 0..4 {
            let text = format!("login-{round}-{n}");
            let login = log_in(&stores[0], &ada, access_of(&web, &text, NOW)).await.id;
            ids.push((login, find_token(&stores[0], &text).await.unwrap().token.id));
        }
        let answers = at_once(&stores, 8, |store, n| {
            let (ada, (login, token)) = (ada.clone(), ids[n % 4].clone());
            async move {
                match n % 4 {
                    0 => store.delete_client("web").await.map(|_| ()),
                    1 => store.revoke_logins(&ada, Some(&login)).await.map(|_| ()),
                    2 => store.renew_token(&ada, &token, access_at(&format!("{round}-{n}"), 1)).await.map(|_| ()),
                    _ => store.revoke_login(&ada, &login).await.map(|_| ()),
                }
            }
        })
        .await;
        for answer in answers {
            answer.unwrap();
        }
        assert!(stores[1].logins(&ada).await.unwrap().is_empty());
        assert!(stores[0].delete_account("ada").await.unwrap());
    }
    assert_eq!(left(&stores[1], "bob").await, ALL);
}

async fn a_client_is_made_once(stores: [impl Contract; 2]) {
    let made = at_once(&stores, 30, |store, n| {
        let rules = client("web").with_max_logins(u32::try_from(n).ok());
        async move { store.put_client(&rules).await.unwrap() }
    })
    .await;
    assert_eq!(made.into_iter().filter(|made| *made).count(), 1);
    assert_eq!(stores[1].clients().await.unwrap().len(), 1);
    let deleted = at_once(&stores, 30, |store, _| async move { store.delete_client("web").await.unwrap() }).await;
    assert_eq!(deleted.into_iter().filter(|deleted| *deleted).count(), 1);
}

async fn of_many_uses_at_once_one_is_the_first(stores: [impl Contract; 2]) {
    for (now, expires) in [(NOW, NOW + seconds(300)), (NOW + seconds(300), NOW + seconds(600))] {
        let first = at_once(&stores, 50, |store, _| async move {
            store.first_use("nonce", &digest("a"), now, expires).await.unwrap()
        })
        .await;
        assert_eq!(first.into_iter().filter(|first| *first).count(), 1, "{now:?}");
    }
}

async fn of_one_digest_one_is_kept(stores: [impl Contract; 2]) {
    let accounts = [make(&stores[0], "ada").await, make(&stores[0], "bob").await];
    let kept = at_once(&stores, 40, |store, n| {
        let user = accounts[n / 2 % 2].clone();
        async move { store.insert_token(&user, token("the same")).await.ok().and_then(InsertOutcome::kept) }
    })
    .await;
    let kept: Vec<_> = kept.into_iter().flatten().collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(find_token(&stores[1], "the same").await.unwrap().token, kept[0]);
}

ask_every_store! { two:
    of_one_name_one_account_is_made,
    of_names_that_look_alike_one_account_is_made,
    imports_at_once_take_every_name_once,
    everything_that_is_made_at_once_arrives,
    no_login_too_many_is_kept,
    the_newest_of_many_logins_remain,
    of_single_logins_one_remains,
    a_login_ends_once,
    a_token_is_renewed_once,
    nothing_that_is_kept_beside_an_end_outlives_it,
    whoever_comes_after_a_new_password_stays,
    a_use_revives_nothing,
    a_login_that_ends_while_it_is_renewed_has_ended,
    logins_end_beside_the_end_of_all,
    no_two_calls_hold_each_other_up,
    deletions_of_clients_and_of_logins_do_not_meet,
    a_client_is_made_once,
    of_many_uses_at_once_one_is_the_first,
    of_one_digest_one_is_kept,
}
