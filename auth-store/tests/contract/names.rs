//! Names: in which forms they are found, which new ones are refused, and what a search finds.

use auth_runtime::store::{ChangeOutcome, Holder, Keep, NameRejection, NewAccount};
use auth_runtime::{InvalidUsername, Username};
use auth_store::Account;

use crate::given::{Contract, hash_of, make};

async fn import(store: &impl Contract, name: &str) -> Account {
    store.create_account(&NewAccount::imported(name)).await.unwrap().unwrap()
}

/// The name of the account that this one means.
async fn found(store: &impl Contract, name: &str) -> Option<String> {
    let account = store.account(name).await.unwrap();
    if let Ok(name) = Username::parse(name) {
        let record = store.find_by_username(&name).await.unwrap();
        assert_eq!(record.map(|record| record.user), account);
        assert_eq!(store.remote_user(&name).await.unwrap(), account);
    }
    account.map(|account| account.username)
}

async fn refused(store: &impl Contract, name: &str) -> NameRejection {
    store.create_account(&NewAccount::new(name)).await.unwrap().unwrap_err()
}

async fn searched(store: &impl Contract, search: &str) -> Vec<String> {
    let found = store.accounts(search, "", 99).await.unwrap();
    found.into_iter().map(|account| account.username).collect()
}

fn looks_like(name: &str) -> NameRejection {
    NameRejection::LooksLike(name.to_owned())
}

async fn a_new_name_is_kept_in_its_normalized_form(store: impl Contract) {
    for (typed, name) in [
        (" ada\t", "ada"),
        ("Mu\u{308}ller", "Müller"),
        ("ｅｖｅ", "eve"),
        ("Bob\u{3000}", "Bob"),
        ("ﬁona", "fiona"),
        ("zoe\u{200b}", "zoe\u{200b}"),
    ] {
        assert_eq!(make(&store, typed).await.username, name);
        assert_eq!(found(&store, name).await.as_deref(), Some(name));
        assert_eq!(found(&store, typed).await.as_deref(), Some(name));
    }
    assert_eq!(found(&store, "zoe").await, None);
    assert_eq!(found(&store, "bob").await, None, "case counts");
}

async fn every_method_takes_a_name_in_every_form(store: impl Contract) {
    make(&store, "Müller").await;
    for name in ["Müller", "Mu\u{308}ller", " Müller", "Müller\u{a0}", "Ｍüller"] {
        assert_eq!(found(&store, name).await.as_deref(), Some("Müller"), "{name:?}");
        for holds in [false, true] {
            assert!(store.set_active(name, holds).await.unwrap(), "{name:?}");
            assert!(store.set_staff(name, holds).await.unwrap(), "{name:?}");
            let account = store.account("Müller").await.unwrap().unwrap();
            assert_eq!((account.is_active, account.is_staff), (holds, holds), "{name:?}");
        }
        assert!(store.set_password_hash(name, Some(name), Keep::default()).await.unwrap());
        assert_eq!(hash_of(&store, "Müller").await.as_deref(), Some(name));

        store.create_group("editors").await.unwrap();
        assert_eq!(store.add_member("editors", name).await.unwrap(), ChangeOutcome::Made, "{name:?}");
        assert_eq!(store.members("editors").await.unwrap().unwrap(), ["Müller"]);
        assert_eq!(store.remove_member("editors", name).await.unwrap(), ChangeOutcome::Made, "{name:?}");
        let grant = auth_runtime::store::Grant::of("blog.add_note");
        assert_eq!(store.grant(Holder::Username(name), grant).await.unwrap(), ChangeOutcome::Made, "{name:?}");
        assert_eq!(store.held(Holder::Username(name)).await.unwrap().map(|held| held.len()), Some(1));
        assert_eq!(store.revoke(Holder::Username(name), grant).await.unwrap(), ChangeOutcome::Made, "{name:?}");
    }
    assert!(!store.delete_account("müller").await.unwrap());
    assert!(store.delete_account("Mu\u{308}ller ").await.unwrap());
    assert_eq!(found(&store, "Müller").await, None);
}

async fn a_new_name_that_looks_like_another_is_refused(store: impl Contract) {
    for (name, look_alikes) in [
        ("ada", &["Ada", "ADA", "ada\u{200b}", "\u{feff}ada", "a\u{ad}da", "ADA\u{fe0f}", "ａＤａ"][..]),
        ("Müller", &["müller", "MU\u{308}LLER", "mu\u{34f}\u{308}ller"]),
        ("straße", &["STRASSE", "Strasse", "STRAẞE"]),
        ("σίσυφος", &["ΣΊΣΥΦΟΣ", "σίσυφοσ"]),
        ("Даша", &["ДАША"]),
        ("Ada L", &["ada l", "Ada  L", "ada\u{a0}\u{200b} l"]),
    ] {
        let made = make(&store, name).await;
        assert_eq!(refused(&store, name).await, NameRejection::Taken);
        assert_eq!(refused(&store, &format!(" {name} ")).await, NameRejection::Taken);
        for other in look_alikes {
            assert_eq!(refused(&store, other).await, looks_like(name), "{other:?}");
            assert_eq!(store.account(other).await.unwrap(), None, "{other:?}");
            assert_eq!(store.look_alikes(other, 9).await.unwrap(), std::slice::from_ref(&made), "{other:?}");
        }
        assert!(store.look_alikes(name, 9).await.unwrap().is_empty());
    }
    assert_eq!(searched(&store, "").await.len(), 6);
    for different in ["adá", "ada.", "adal", "ad a", "Straβe", "ı", "i"] {
        make(&store, different).await;
    }
    // A deleted account does not block its name.
    assert!(store.delete_account("ada").await.unwrap());
    make(&store, "ADA").await;
    assert_eq!(refused(&store, "ada").await, looks_like("ADA"));
}

async fn what_cannot_be_a_name_is_refused_with_its_fault(store: impl Contract) {
    for (name, fault) in [
        ("", InvalidUsername::Empty),
        (" \u{2003} ", InvalidUsername::Empty),
        ("a\nb", InvalidUsername::ControlCharacter),
        ("a\u{1b}[2Jb", InvalidUsername::ControlCharacter),
        ("\u{200b}", InvalidUsername::Invisible),
        (&"é".repeat(513), InvalidUsername::TooLong),
    ] {
        assert_eq!(refused(&store, name).await, NameRejection::Invalid(fault), "{name:?}");
        assert_eq!(store.account(name).await.unwrap(), None, "{name:?}");
    }
    // The longest there are, in one to four bytes, are kept and found.
    for char in ['a', 'ß', 'ᾷ', '🔑'] {
        let name: String = std::iter::repeat_n(char, Username::MAX_BYTES / char.len_utf8()).collect();
        make(&store, &name).await;
        assert_eq!(found(&store, &name).await, Some(name.clone()));
        assert_eq!(searched(&store, &name).await, [name]);
    }
}

async fn an_import_takes_all_names_and_tells_which_look_alike(store: impl Contract) {
    let imported = ["ADA", "Ada", "ada", "ada\u{200b}", "ada ", "ａｄａ"];
    for (n, name) in imported.into_iter().enumerate() {
        assert_eq!(import(&store, name).await.username, name, "as it is");
        assert_eq!(store.look_alikes(name, 99).await.unwrap().len(), n);
        assert_eq!(store.create_account(&NewAccount::imported(name)).await.unwrap(), Err(NameRejection::Taken));
    }
    let mut others: Vec<String> =
        store.look_alikes("ada", 99).await.unwrap().into_iter().map(|account| account.username).collect();
    assert_eq!(others, ["ADA", "Ada", "ada ", "ada\u{200b}", "ａｄａ"], "by code points");
    others.truncate(2);
    let few = store.look_alikes("ada", 2).await.unwrap();
    assert_eq!(few.into_iter().map(|account| account.username).collect::<Vec<_>>(), others);
    assert_eq!(searched(&store, "DA").await.len(), imported.len());

    // Each is found by exactly its name, and another form finds what it means.
    for name in imported {
        assert_eq!(found(&store, name).await.as_deref(), Some(name));
        assert!(store.set_staff(name, true).await.unwrap());
    }
    assert_eq!(found(&store, " ada").await.as_deref(), Some("ada"));
    assert_eq!(found(&store, "ａda").await.as_deref(), Some("ada"));
    for name in ["aDa", "ada\u{ad}"] {
        assert_eq!(refused(&store, name).await, looks_like("ADA"));
        assert_eq!(found(&store, name).await, None);
    }
    for name in imported {
        assert!(store.delete_account(name).await.unwrap(), "{name:?}");
    }
    assert!(searched(&store, "").await.is_empty());
    make(&store, "ada").await;
}

async fn an_import_takes_a_name_that_looks_like_that_of_a_new_account(store: impl Contract) {
    make(&store, "ada").await;
    import(&store, "ADA").await;
    assert_eq!(refused(&store, "Ada").await, looks_like("ADA"));
    assert!(store.delete_account("ada").await.unwrap());
    assert_eq!(refused(&store, "ada").await, looks_like("ADA"), "the import is still in the way");
}

async fn a_search_ignores_case_in_every_script(store: impl Contract) {
    for name in
        ["Müller", "Straße 7", "Σίσυφος", "ДАША", "ԱՄԵՆ", "ᏣᎳᎩ", "İzmir", "Ilgın", "Ada  L", "ada\u{200b}x", "50%_\\'"]
    {
        make(&store, name).await;
    }
    import(&store, "ﬁona ").await;
    for (search, names) in [
        ("MÜLL", &["Müller"][..]),
        ("u\u{308}l", &["Müller"]),
        ("Mu", &[]),
        ("STRASSE", &["Straße 7"]),
        ("straẞe", &["Straße 7"]),
        ("ΣΊΣΥΦΟΣ", &["Σίσυφος"]),
        ("φος", &["Σίσυφος"]),
        ("аш", &["ДАША"]),
        ("մե", &["ԱՄԵՆ"]),
        ("ꮳꮃꭹ", &["ᏣᎳᎩ"]),
        ("i\u{307}ZMIR", &["İzmir"]),
        ("ILG", &["Ilgın"]),
        ("ilgin", &[]),
        ("ｆiona", &["ﬁona "]),
        ("a l", &["Ada  L"]),
        ("ada   l ", &["Ada  L"]),
        ("ADAX", &["ada\u{200b}x"]),
        ("a\u{ad}dax", &["ada\u{200b}x"]),
        ("%_", &["50%_\\'"]),
        ("_\\'", &["50%_\\'"]),
        ("%\\_", &[]),
        ("м\0", &[]),
    ] {
        assert_eq!(searched(&store, search).await, names, "{search:?}");
    }
    let all = searched(&store, "").await;
    assert_eq!(all.len(), 12);
    for blank in [" ", "\u{200b}"] {
        assert_eq!(searched(&store, blank).await, all, "{blank:?} is in every name");
    }
}

async fn a_search_finds_its_limit_however_few_names_fit(store: impl Contract) {
    for n in 0..60 {
        make(&store, &format!("other-{n:02}")).await;
        if n % 10 == 0 {
            make(&store, &format!("ÉCLAIR-{n:02}")).await;
        }
    }
    let page = async |after: &str, limit| {
        let found = store.accounts("éclair", after, limit).await.unwrap();
        found.into_iter().map(|account| account.username).collect::<Vec<_>>()
    };
    assert_eq!(page("", 4).await, ["ÉCLAIR-00", "ÉCLAIR-10", "ÉCLAIR-20", "ÉCLAIR-30"]);
    assert_eq!(page("ÉCLAIR-30", 4).await, ["ÉCLAIR-40", "ÉCLAIR-50"]);
}

ask_every_store! { one:
    a_new_name_is_kept_in_its_normalized_form,
    every_method_takes_a_name_in_every_form,
    a_new_name_that_looks_like_another_is_refused,
    what_cannot_be_a_name_is_refused_with_its_fault,
    an_import_takes_all_names_and_tells_which_look_alike,
    an_import_takes_a_name_that_looks_like_that_of_a_new_account,
    a_search_ignores_case_in_every_script,
    a_search_finds_its_limit_however_few_names_fit,
}

/// The first accounts of a database from before names were normalized: their names there, and since then.
pub(crate) const OLD: [(&str, &str); 12] = [
    ("ada", "ada"),
    ("ADA", "ADA"),
    ("Mu\u{308}ller", "Müller"),
    ("Müller ", "Müller "),
    ("ｂｏｂ", "bob"),
    (" eve", "eve"),
    ("ﬁ", "ﬁ"),
    ("fi", "fi"),
    ("a\u{7}b", "a\u{7}b"),
    ("\u{200b}", "\u{200b}"),
    ("ДАША", "ДАША"),
    ("O'Hara", "O'Hara"),
];

/// The statement that inserts [`OLD`], and more accounts than a migration takes at a time.
pub(crate) fn insert_old(is_true: &str, is_false: &str) -> String {
    let more = (0..1_100).map(|n| format!("Zoë-{n}"));
    let names = OLD.iter().map(|(name, _)| (*name).to_owned()).chain(more);
    let rows: Vec<String> =
        names.map(|name| format!("('{}', {is_true}, {is_false})", name.replace('\'', "''"))).collect();
    format!("INSERT INTO auth_account (username, is_active, is_staff) VALUES {}", rows.join(", "))
}

/// Whether a migration did what it should with [`OLD`].
pub(crate) async fn old_names_are_found(store: &impl Contract) {
    for (id, (was, is)) in (1_i64..).zip(OLD) {
        let account = store.account_by_id(&id.into()).await.unwrap().unwrap();
        assert_eq!(account.username, is);
        if Username::parse(is).is_ok() {
            assert_eq!(found(store, is).await.as_deref(), Some(is), "{is:?}");
            assert_eq!(found(store, was).await.as_deref(), Some(is), "{was:?}");
        }
    }
    assert_eq!(searched(store, "ada").await, ["ADA", "ada"]);
    assert_eq!(searched(store, "MÜLLER").await, ["Müller", "Müller "]);
    assert_eq!(searched(store, "FI").await, ["fi", "ﬁ"]);
    assert_eq!(searched(store, "аш").await, ["ДАША"]);
    assert_eq!(searched(store, "o'h").await, ["O'Hara"]);
    assert_eq!(store.accounts("ZOË-", "", 5_000).await.unwrap().len(), 1_100);
    for (new, other) in [("Ada", "ADA"), ("BOB", "bob"), ("FI", "fi"), ("o'hara", "O'Hara"), ("ZOË-7", "Zoë-7")] {
        assert_eq!(refused(store, new).await, looks_like(other), "{new}");
    }
    make(store, "new").await;
    assert_eq!(refused(store, "New").await, looks_like("new"));
}
