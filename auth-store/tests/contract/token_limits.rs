//! How many personal tokens an account may have.

use auth_runtime::store::{AtLimit, InsertOutcome, Keep, NewToken, TokenLimit};

use crate::given::{Contract, NOW, access, furnished, has_token, keep, log_in, make, seconds, token};
use crate::races::at_once;

fn limited(text: &str, max: u32, at_limit: AtLimit) -> NewToken {
    let mut token = token(text);
    token.limit = Some(TokenLimit::new(max, at_limit));
    token
}

async fn a_token_too_many_is_refused(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let first = keep(&store, &ada, limited("first", 2, AtLimit::Refuse)).await;
    keep(&store, &ada, limited("second", 2, AtLimit::Refuse)).await;
    let third = limited("third", 2, AtLimit::Refuse);
    assert_eq!(store.insert_token(&ada, third.clone()).await.unwrap(), InsertOutcome::LimitReached);
    assert!(!has_token(&store, "third").await && has_token(&store, "first").await);
    assert!(store.revoke_token(&ada, &first.id).await.unwrap());
    keep(&store, &ada, third).await;
    let none = limited("none", 0, AtLimit::EndOldest);
    assert_eq!(store.insert_token(&ada, none).await.unwrap(), InsertOutcome::LimitReached, "nothing could make room");
    keep(&store, &ada, token("without a limit")).await;
}

async fn the_oldest_token_ends_for_a_new_one(store: impl Contract) {
    let ada = make(&store, "ada").await;
    for (text, at) in [("second", 2), ("first", 1), ("third", 3)] {
        let mut token = token(text);
        token.created = NOW + seconds(at);
        keep(&store, &ada, token).await;
    }
    keep(&store, &ada, limited("fourth", 3, AtLimit::EndOldest)).await;
    assert!(!has_token(&store, "first").await && has_token(&store, "second").await);
    keep(&store, &ada, limited("fifth", 2, AtLimit::EndOldest)).await;
    assert_eq!(store.tokens(&ada).await.unwrap().len(), 2, "a lowered limit ends as many as are too many");
}

async fn only_live_personal_tokens_of_the_account_count(store: impl Contract) {
    furnished(&store, "bob").await;
    let ada = make(&store, "ada").await;
    log_in(&store, &ada, access("of a login")).await;
    let mut expired = token("expired");
    expired.expires = Some(NOW);
    keep(&store, &ada, expired).await;
    keep(&store, &ada, token("before the new password")).await;
    store.set_password_hash("ada", Some("new"), Keep::default()).await.unwrap();
    let ada = store.account("ada").await.unwrap().unwrap();
    keep(&store, &ada, limited("first", 1, AtLimit::Refuse)).await;
    let second = limited("second", 1, AtLimit::Refuse);
    assert_eq!(store.insert_token(&ada, second).await.unwrap(), InsertOutcome::LimitReached);
}

async fn of_many_tokens_at_once_none_is_too_many(stores: [impl Contract; 2]) {
    let accounts = [make(&stores[0], "ada").await, make(&stores[0], "bob").await];
    for (at, at_limit) in [AtLimit::Refuse, AtLimit::EndOldest].into_iter().enumerate() {
        let user = &accounts[at];
        let kept = at_once(&stores, 30, |store, n| {
            let user = user.clone();
            async move {
                let token = limited(&format!("{at}-{n}"), 5, at_limit);
                matches!(store.insert_token(&user, token).await.unwrap(), InsertOutcome::Kept(_))
            }
        })
        .await;
        assert_eq!(stores[1].tokens(user).await.unwrap().len(), 5);
        let kept = kept.into_iter().filter(|kept| *kept).count();
        assert_eq!(kept, if at_limit == AtLimit::Refuse { 5 } else { 30 });
    }
}

ask_every_store! { one:
    a_token_too_many_is_refused,
    the_oldest_token_ends_for_a_new_one,
    only_live_personal_tokens_of_the_account_count,
}

mod races {
    use super::of_many_tokens_at_once_none_is_too_many;

    ask_every_store! { two:
        of_many_tokens_at_once_none_is_too_many,
    }
}
