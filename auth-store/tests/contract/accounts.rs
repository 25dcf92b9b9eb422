//! Accounts: made, found, listed, changed, deleted.

use auth_runtime::store::{InsertOutcome, Keep, NameRejection, NewAccount};
use auth_runtime::{InvalidUsername, User, Username};
use auth_store::Account;

use crate::given::{ALL, Contract, access, cookie, furnished, has_token, hash_of, keep, left, log_in, make, token};

async fn accounts_are_found_as_they_were_made(store: impl Contract) {
    let made = NewAccount::new("Ada é 🔑").with_password_hash("hash é").active(false).staff(true);
    let ada = store.create_account(&made).await.unwrap().unwrap();
    assert_eq!((ada.username.as_str(), ada.is_active, ada.is_staff), ("Ada é 🔑", false, true));
    assert_eq!(User::id(&ada), ada.id.to_string());
    assert_eq!(store.account("Ada é 🔑").await.unwrap(), Some(ada.clone()));
    assert_eq!(store.account_by_id(&ada.key()).await.unwrap(), Some(ada.clone()));
    let name = Username::parse("Ada é 🔑").unwrap();
    assert_eq!(store.remote_user(&name).await.unwrap(), Some(ada.clone()));
    let record = store.find_by_username(&name).await.unwrap().unwrap();
    assert_eq!((record.user, record.hash.as_deref()), (ada.clone(), Some("hash é")));

    let plain = store.create_account(&NewAccount::new("plain")).await.unwrap().unwrap();
    assert_eq!((plain.is_active, plain.is_staff), (true, false));
    assert_eq!(hash_of(&store, "plain").await, None);
    assert_ne!(plain.id, ada.id);
    for unknown in [0, -1, ada.id.max(plain.id) + 1, i64::MAX, i64::MIN] {
        assert_eq!(store.account_by_id(&unknown.into()).await.unwrap(), None, "{unknown}");
    }
}

async fn the_attributes_of_an_account_are_changed_alone(store: impl Contract) {
    make(&store, "ada").await;
    make(&store, "bob").await;
    let attributes = async |name| {
        let account: Account = store.account(name).await.unwrap().unwrap();
        (account.is_active, account.is_staff)
    };
    assert!(store.set_staff("ada", true).await.unwrap());
    assert!(store.set_active("ada", false).await.unwrap());
    assert_eq!(attributes("ada").await, (false, true));
    assert!(store.set_active("ada", true).await.unwrap() && store.set_active("ada", true).await.unwrap());
    assert_eq!(attributes("ada").await, (true, true));
    assert!(store.set_staff("ada", false).await.unwrap());
    assert_eq!(attributes("ada").await, (true, false));
    assert_eq!(attributes("bob").await, (true, false));
    assert_eq!(hash_of(&store, "ada").await.as_deref(), Some("old"));
}

async fn names_are_unique_and_exact(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let again = NewAccount::new("ada").with_password_hash("second").active(false).staff(true);
    assert_eq!(store.create_account(&again).await.unwrap(), Err(NameRejection::Taken));
    assert_eq!(store.account("ada").await.unwrap(), Some(ada.clone()));
    assert_eq!(hash_of(&store, "ada").await.as_deref(), Some("old"));
    let others = [
        "Ada",
        "ADA",
        "",
        " ",
        "ada\u{200b}",
        "a da",
        "ad",
        "ada%",
        "a_a",
        "%",
        "ada\0",
        "ada\0x",
        "\0",
        "'ada'",
        "ada' OR '1'='1",
        "$1",
        "adä",
        "a\u{301}da",
    ];
    for other in others {
        assert_eq!(store.account(other).await.unwrap(), None, "{other:?}");
        if let Ok(name) = Username::parse(other) {
            assert!(store.find_by_username(&name).await.unwrap().is_none(), "{other:?}");
            assert_eq!(store.remote_user(&name).await.unwrap(), None, "{other:?}");
        }
        assert!(!store.delete_account(other).await.unwrap(), "{other:?}");
        assert!(!store.set_active(other, false).await.unwrap(), "{other:?}");
        assert!(!store.set_active(other, true).await.unwrap(), "{other:?}");
        assert!(!store.set_staff(other, true).await.unwrap(), "{other:?}");
        assert!(!store.set_password_hash(other, Some("x"), Keep::default()).await.unwrap(), "{other:?}");
    }
    assert_eq!(store.account("ada").await.unwrap(), Some(ada));
}

async fn no_account_has_a_name_with_a_nul(store: impl Contract) {
    for name in ["\0", "ada\0", "\0ada", "a\0da"] {
        for new in [NewAccount::new(name), NewAccount::imported(name)] {
            let refused = store.create_account(&new).await.unwrap().unwrap_err();
            assert_eq!(refused, NameRejection::Invalid(InvalidUsername::ControlCharacter), "{name:?}");
        }
        assert!(store.look_alikes(name, 9).await.unwrap().is_empty(), "{name:?}");
        assert_eq!(store.account(name).await.unwrap(), None, "{name:?}");
    }
    assert!(store.accounts("", "", 9).await.unwrap().is_empty());
}

async fn an_id_is_never_given_twice(store: impl Contract) {
    let first = make(&store, "first").await;
    let last = make(&store, "last").await;
    let mut ids = vec![];
    for n in 0..2 {
        ids.push(keep(&store, &last, token(&format!("token-{n}"))).await.id);
        ids.push(log_in(&store, &last, cookie(&format!("login-{n}"))).await.id);
        ids.push(log_in(&store, &last, access(&format!("access-{n}"))).await.id);
    }
    assert!(store.delete_account("last").await.unwrap());
    let next = make(&store, "next").await;
    assert!(next.id != last.id && next.id != first.id, "{} was {}'s", next.id, last.username);
    let token = keep(&store, &next, token("token-9")).await;
    let login = log_in(&store, &next, cookie("login-9")).await;
    assert!(!ids.contains(&token.id) && !ids.contains(&login.id), "{token:?}, {login:?} after {ids:?}");
}

async fn names(store: &impl Contract, search: &str, after: &str, limit: u32) -> Vec<String> {
    let found = store.accounts(search, after, limit).await.unwrap();
    for account in &found {
        assert_eq!(store.account(&account.username).await.unwrap().as_ref(), Some(account));
    }
    found.into_iter().map(|account| account.username).collect()
}

async fn accounts_are_listed_by_name_a_page_at_a_time(store: impl Contract) {
    assert!(names(&store, "", "", 10).await.is_empty());
    for n in [7, 3, 9, 1, 0, 8, 2, 6, 5, 4] {
        make(&store, &format!("user-{n}")).await;
        make(&store, &format!("other-{n}")).await;
    }
    let mut pages = Vec::new();
    let mut after = String::new();
    loop {
        let page = names(&store, "user", &after, 4).await;
        let Some(last) = page.last() else { break };
        after.clone_from(last);
        pages.push(page);
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 2]);
    assert_eq!(pages.concat(), (0..10).map(|n| format!("user-{n}")).collect::<Vec<_>>());
    assert_eq!(names(&store, "", "", u32::MAX).await.len(), 20);
    assert_eq!(names(&store, "", "other-8", 2).await, ["other-9", "user-0"]);
    assert_eq!(names(&store, "", "other-85", 1).await, ["other-9"], "`after` need not be there");
    assert!(names(&store, "", "", 0).await.is_empty());
    assert!(names(&store, "", "z", 9).await.is_empty());
}

async fn a_search_takes_every_character_as_itself(store: impl Contract) {
    for name in ["50%", "500", "a_b", "axb", r"back\slash", "quo'te", "Åse é 🔑", "Ada", "*", "[a]"] {
        make(&store, name).await;
    }
    for (search, found) in [
        ("%", vec!["50%"]),
        ("0%", vec!["50%"]),
        ("_", vec!["a_b"]),
        (r"\", vec![r"back\slash"]),
        (r"k\s", vec![r"back\slash"]),
        (r"\%", vec![]),
        ("'", vec!["quo'te"]),
        ("*", vec!["*"]),
        ("[a]", vec!["[a]"]),
        ("?", vec![]),
        ("🔑", vec!["Åse é 🔑"]),
        ("åse", vec!["Åse é 🔑"]),
        ("Åse é", vec!["Åse é 🔑"]),
        ("se", vec!["Åse é 🔑"]),
        ("\0", vec![]),
        ("ada\0", vec![]),
        ("50", vec!["50%", "500"]),
        ("nobody", vec![]),
    ] {
        assert_eq!(names(&store, search, "", 99).await, found, "{search:?}");
    }
    for ada in ["ada", "ADA", "aDa", "d"] {
        assert_eq!(names(&store, ada, "", 99).await, ["Ada"], "{ada}");
    }
    assert!(store.accounts("", "a\0", 9).await.is_ok());
    let long = "a".repeat(100_000);
    assert!(names(&store, &long, &long, 9).await.is_empty());
}

async fn a_deleted_account_takes_everything_along(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let bob = furnished(&store, "bob").await;
    assert!(store.delete_account("ada").await.unwrap());
    assert!(!store.delete_account("ada").await.unwrap());
    assert_eq!(store.account("ada").await.unwrap(), None);
    assert_eq!(store.account_by_id(&ada.key()).await.unwrap(), None);
    assert!(left(&store, "ada").await.is_empty());
    assert_eq!(left(&store, "bob").await, ALL);
    assert!(store.logins(&ada).await.unwrap().is_empty() && store.tokens(&ada).await.unwrap().is_empty());
    assert_eq!(store.logins(&bob).await.unwrap().len(), 4);
    assert_eq!(store.revoke_logins(&ada, None).await.unwrap(), 0);
    assert_eq!(store.revoke_tokens(&ada).await.unwrap(), 0);
    store.upgrade_hash(&ada, "old", "new").await.unwrap();
    assert_eq!(store.account("ada").await.unwrap(), None);
}

async fn a_deleted_account_gets_nothing_new(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    assert!(store.delete_account("ada").await.unwrap());
    for is_made_again in [false, true] {
        if is_made_again {
            make(&store, "ada").await;
        }
        assert_eq!(store.insert_token(&ada, token("late")).await.unwrap(), InsertOutcome::AccountChanged);
        assert_eq!(store.insert_login(&ada, cookie("late cookie")).await.unwrap(), InsertOutcome::AccountChanged);
        assert_eq!(store.insert_login(&ada, access("late token")).await.unwrap(), InsertOutcome::AccountChanged);
        assert!(!has_token(&store, "late").await && left(&store, "ada").await.is_empty());
    }
}

async fn an_upgrade_replaces_the_old_hash_alone_and_ends_nothing(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    furnished(&store, "bob").await;
    store.upgrade_hash(&ada, "another", "new").await.unwrap();
    assert_eq!(hash_of(&store, "ada").await.as_deref(), Some("old"), "it was changed meanwhile");
    store.upgrade_hash(&ada, "old", "new").await.unwrap();
    assert_eq!(hash_of(&store, "ada").await.as_deref(), Some("new"));
    assert_eq!(hash_of(&store, "bob").await.as_deref(), Some("old"));
    assert_eq!(left(&store, "ada").await, ALL);
    assert_eq!(store.account("ada").await.unwrap(), Some(ada.clone()));
    store.set_password_hash("ada", None, Keep::default()).await.unwrap();
    store.upgrade_hash(&ada, "new", "newer").await.unwrap();
    assert_eq!(hash_of(&store, "ada").await, None, "a password that was taken away stays away");
}

async fn clones_share_everything(store: impl Contract) {
    furnished(&store.clone(), "ada").await;
    assert_eq!(left(&store, "ada").await, ALL);
    store.clone().delete_account("ada").await.unwrap();
    assert!(left(&store, "ada").await.is_empty());
}

async fn a_store_shows_nothing_of_what_it_keeps(store: impl Contract) {
    furnished(&store, "ada").await;
    let mut login = cookie("secret");
    login.name = "my phone".into();
    let shown = format!("{store:?} {login:?} {:?}", NewAccount::new("x").with_password_hash("$argon2id$"));
    for hidden in ["ada", "csrf secret", "$argon2id$", &format!("{:?}", crate::given::digest("secret").as_bytes())] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}

ask_every_store! { one:
    accounts_are_found_as_they_were_made,
    the_attributes_of_an_account_are_changed_alone,
    names_are_unique_and_exact,
    no_account_has_a_name_with_a_nul,
    an_id_is_never_given_twice,
    accounts_are_listed_by_name_a_page_at_a_time,
    a_search_takes_every_character_as_itself,
    a_deleted_account_takes_everything_along,
    a_deleted_account_gets_nothing_new,
    an_upgrade_replaces_the_old_hash_alone_and_ends_nothing,
    clones_share_everything,
    a_store_shows_nothing_of_what_it_keeps,
}
