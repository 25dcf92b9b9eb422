//! Groups, and what accounts hold through them and by themselves.

use auth_runtime::store::{ChangeOutcome, Grant, Held, Holder};

use crate::given::{Contract, make};

const ADA: Holder<'_> = Holder::Username("ada");
const EDITORS: Holder<'_> = Holder::Group("editors");
const CHANGE: Grant<'_> = Grant { codename: "blog.change_note", object: None };
const DELETE: Grant<'_> = Grant { codename: "blog.delete_note", object: None };

async fn grant(store: &impl Contract, holder: Holder<'_>, grant: Grant<'_>) {
    assert_eq!(store.grant(holder, grant).await.unwrap(), ChangeOutcome::Made);
}

async fn join(store: &impl Contract, group: &str, username: &str) {
    assert_eq!(store.add_member(group, username).await.unwrap(), ChangeOutcome::Made);
}

/// Which of `codenames` the account holds, for all objects or for one.
async fn holds(store: &impl Contract, username: &str, codenames: &[&str], object: Option<&str>) -> bool {
    let account = store.account(username).await.unwrap().unwrap();
    store.has_permissions(&account, codenames, object).await.unwrap()
}

/// Codename, object and group of all that is held.
async fn held(store: &impl Contract, holder: Holder<'_>) -> Vec<(String, String, String)> {
    let all = store.held(holder).await.unwrap().unwrap();
    let part = |part: Option<String>| part.unwrap_or_else(|| "-".to_owned());
    all.into_iter().map(|Held { codename, object, group, .. }| (codename, part(object), part(group))).collect()
}

fn shown(rows: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    rows.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect()
}

async fn groups_are_unique_exact_and_listed_by_name(store: impl Contract) {
    make(&store, "ada").await;
    for name in ["b", "a", "B", "é", "a b"] {
        assert!(store.create_group(name).await.unwrap(), "{name}");
        assert!(!store.create_group(name).await.unwrap(), "{name}");
    }
    join(&store, "a", "ada").await;
    let listed = || async { store.groups().await.unwrap().into_iter().map(|group| (group.name, group.members)) };
    let wanted = [("B", 0), ("a", 1), ("a b", 0), ("b", 0), ("é", 0)];
    assert!(listed().await.eq(wanted.map(|(name, members)| (name.to_owned(), members))));
    for unknown in ["", "A", "a ", "a\0", "\0"] {
        assert!(!store.delete_group(unknown).await.unwrap(), "{unknown:?}");
        assert_eq!(store.members(unknown).await.unwrap(), None, "{unknown:?}");
        assert_eq!(store.held(Holder::Group(unknown)).await.unwrap(), None, "{unknown:?}");
    }
    for none in ["", "a\0b"] {
        assert!(store.create_group(none).await.is_err(), "{none:?}");
    }
    assert_eq!(listed().await.count(), 5);
}

async fn members_come_and_go(store: impl Contract) {
    for name in ["bob", "Zoe", "ada"] {
        make(&store, name).await;
    }
    store.create_group("editors").await.unwrap();
    store.create_group("others").await.unwrap();
    assert_eq!(store.members("editors").await.unwrap(), Some(Vec::new()));
    for name in ["bob", "Zoe", "ada"] {
        join(&store, "editors", name).await;
        assert_eq!(store.add_member("editors", name).await.unwrap(), ChangeOutcome::Unchanged);
    }
    let names = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
    assert_eq!(store.members("editors").await.unwrap(), names(&["Zoe", "ada", "bob"]));
    assert_eq!(store.members("others").await.unwrap(), names(&[]));
    assert_eq!(store.remove_member("editors", "ada").await.unwrap(), ChangeOutcome::Made);
    assert_eq!(store.remove_member("editors", "ada").await.unwrap(), ChangeOutcome::Unchanged);
    for (group, username, wanted) in [
        ("editors", "eve", ChangeOutcome::NoAccount),
        ("editors", "bob\0", ChangeOutcome::NoAccount),
        ("writers", "bob", ChangeOutcome::NoGroup),
        ("editors\0", "bob", ChangeOutcome::NoGroup),
        ("writers", "eve", ChangeOutcome::NoGroup),
        ("writers", "\0", ChangeOutcome::NoGroup),
    ] {
        assert_eq!(store.add_member(group, username).await.unwrap(), wanted, "{group:?} {username:?}");
        assert_eq!(store.remove_member(group, username).await.unwrap(), wanted, "{group:?} {username:?}");
    }
    assert_eq!(store.members("editors").await.unwrap(), names(&["Zoe", "bob"]));
}

async fn an_account_holds_what_it_was_granted_and_what_its_groups_were(store: impl Contract) {
    make(&store, "ada").await;
    make(&store, "bob").await;
    for group in ["editors", "others"] {
        store.create_group(group).await.unwrap();
        grant(&store, Holder::Group(group), CHANGE).await;
    }
    grant(&store, ADA, DELETE).await;
    assert!(holds(&store, "ada", &["blog.delete_note"], None).await);
    assert!(!holds(&store, "ada", &["blog.change_note"], None).await, "not a member");
    join(&store, "editors", "ada").await;
    join(&store, "others", "ada").await;
    for codenames in
        [&["blog.change_note"][..], &["blog.delete_note", "blog.change_note"], &["blog.change_note"; 3], &[]]
    {
        assert!(holds(&store, "ada", codenames, None).await, "{codenames:?}");
        assert_eq!(holds(&store, "bob", codenames, None).await, codenames.is_empty(), "{codenames:?}");
    }
    for codenames in [
        &["blog.add_note"][..],
        &["blog.change_note", "blog.add_note"],
        &["Blog.change_note"],
        &["blog.change_note "],
        &["blog.%"],
        &["blog.change_note", "\0"],
        &[""],
    ] {
        assert!(!holds(&store, "ada", codenames, None).await, "{codenames:?}");
    }
    store.remove_member("editors", "ada").await.unwrap();
    assert!(holds(&store, "ada", &["blog.change_note"], None).await, "from the other group");
    store.delete_group("others").await.unwrap();
    assert!(!holds(&store, "ada", &["blog.change_note"], None).await);
    assert!(holds(&store, "ada", &["blog.delete_note"], None).await);
}

async fn a_grant_for_one_object_is_for_that_one_alone(store: impl Contract) {
    make(&store, "ada").await;
    store.create_group("editors").await.unwrap();
    join(&store, "editors", "ada").await;
    grant(&store, ADA, CHANGE.for_object("1")).await;
    grant(&store, EDITORS, CHANGE.for_object("2")).await;
    grant(&store, ADA, DELETE).await;
    grant(&store, EDITORS, DELETE.for_object("2")).await;
    for (codenames, object, wanted) in [
        (&["blog.change_note"][..], Some("1"), true),
        (&["blog.change_note"], Some("2"), true),
        (&["blog.change_note", "blog.delete_note"], Some("2"), true),
        (&["blog.change_note", "blog.delete_note"], Some("1"), false),
        (&["blog.change_note"], Some("3"), false),
        (&["blog.change_note"], Some("1 "), false),
        (&["blog.change_note"], Some(""), false),
        (&["blog.change_note"], Some("1\0"), false),
        (&["blog.change_note"], None, false),
        (&["blog.delete_note"], None, true),
        (&["blog.delete_note"], Some("1"), false),
    ] {
        assert_eq!(holds(&store, "ada", codenames, object).await, wanted, "{codenames:?} {object:?}");
    }
}

async fn what_is_held_is_shown_with_where_it_comes_from(store: impl Contract) {
    make(&store, "ada").await;
    for group in ["editors", "authors", "empty"] {
        store.create_group(group).await.unwrap();
    }
    assert_eq!(held(&store, ADA).await, []);
    join(&store, "editors", "ada").await;
    join(&store, "empty", "ada").await;
    grant(&store, Holder::Group("authors"), CHANGE).await;
    grant(&store, EDITORS, CHANGE.for_object("10")).await;
    grant(&store, EDITORS, CHANGE).await;
    grant(&store, ADA, CHANGE).await;
    grant(&store, ADA, Grant::of("blog.add_note").for_object("é \"'")).await;
    let wanted = [
        ("blog.add_note", "é \"'", "-"),
        ("blog.change_note", "-", "-"),
        ("blog.change_note", "-", "editors"),
        ("blog.change_note", "10", "editors"),
    ];
    assert_eq!(held(&store, ADA).await, shown(&wanted));
    let wanted = [("blog.change_note", "-", "-"), ("blog.change_note", "10", "-")];
    assert_eq!(held(&store, EDITORS).await, shown(&wanted));
    assert_eq!(held(&store, Holder::Group("empty")).await, []);
    for nobody in [Holder::Username("eve"), Holder::Username("ada\0"), Holder::Group("ada")] {
        assert_eq!(store.held(nobody).await.unwrap(), None, "{nobody:?}");
    }
}

async fn a_grant_is_taken_back_once_and_alone(store: impl Contract) {
    make(&store, "ada").await;
    store.create_group("editors").await.unwrap();
    join(&store, "editors", "ada").await;
    for holder in [ADA, EDITORS] {
        for one in [CHANGE, CHANGE.for_object("1"), CHANGE.for_object("2"), DELETE] {
            grant(&store, holder, one).await;
            assert_eq!(store.grant(holder, one).await.unwrap(), ChangeOutcome::Unchanged);
        }
    }
    for one in [CHANGE, CHANGE.for_object("1")] {
        assert_eq!(store.revoke(ADA, one).await.unwrap(), ChangeOutcome::Made);
        assert_eq!(store.revoke(ADA, one).await.unwrap(), ChangeOutcome::Unchanged);
        assert!(holds(&store, "ada", &["blog.change_note"], one.object).await, "from the group");
        assert_eq!(store.revoke(EDITORS, one).await.unwrap(), ChangeOutcome::Made);
        assert!(!holds(&store, "ada", &["blog.change_note"], one.object).await);
    }
    assert!(holds(&store, "ada", &["blog.change_note"], Some("2")).await);
    let left = [("blog.change_note", "2", "-"), ("blog.delete_note", "-", "-")];
    assert_eq!(held(&store, EDITORS).await, shown(&left));
    for none in [CHANGE.for_object(""), CHANGE.for_object("\0"), Grant::of("\0"), Grant::of("")] {
        assert_eq!(store.revoke(ADA, none).await.unwrap(), ChangeOutcome::Unchanged, "{none:?}");
    }
    assert_eq!(store.revoke(Holder::Username("eve"), CHANGE).await.unwrap(), ChangeOutcome::NoAccount);
    assert_eq!(store.revoke(Holder::Group("ada"), CHANGE.for_object("1")).await.unwrap(), ChangeOutcome::NoGroup);
}

async fn what_is_no_grant_is_refused(store: impl Contract) {
    make(&store, "ada").await;
    for none in [
        Grant::of(""),
        Grant::of("change_note"),
        Grant::of("blog.change note"),
        Grant::of("blog.change_note\0"),
        CHANGE.for_object(""),
        CHANGE.for_object("1\0"),
    ] {
        assert!(store.grant(ADA, none).await.is_err(), "{none:?}");
    }
    assert_eq!(store.grant(Holder::Username("eve"), CHANGE).await.unwrap(), ChangeOutcome::NoAccount);
    assert_eq!(store.grant(Holder::Username("ada\0"), CHANGE).await.unwrap(), ChangeOutcome::NoAccount);
    assert_eq!(store.grant(EDITORS, CHANGE).await.unwrap(), ChangeOutcome::NoGroup);
    assert_eq!(held(&store, ADA).await, []);
}

async fn an_account_that_is_gone_or_locked_out_holds_nothing(store: impl Contract) {
    let ada = make(&store, "ada").await;
    store.create_group("editors").await.unwrap();
    join(&store, "editors", "ada").await;
    grant(&store, EDITORS, CHANGE).await;
    grant(&store, ADA, DELETE).await;
    store.set_active("ada", false).await.unwrap();
    for codenames in [&["blog.change_note"][..], &["blog.delete_note"], &[]] {
        assert!(!store.has_permissions(&ada, codenames, None).await.unwrap(), "{codenames:?}");
    }
    store.set_active("ada", true).await.unwrap();
    assert!(holds(&store, "ada", &["blog.change_note", "blog.delete_note"], None).await);
    store.delete_account("ada").await.unwrap();
    assert!(!store.has_permissions(&ada, &["blog.change_note"], None).await.unwrap());
    assert_eq!(store.members("editors").await.unwrap(), Some(Vec::new()));
    make(&store, "ada").await;
    assert_eq!(held(&store, ADA).await, [], "a new account of that name gets nothing of the old one");
}

async fn a_deleted_group_leaves_nothing_to_a_new_one_of_its_name(store: impl Contract) {
    make(&store, "ada").await;
    store.create_group("editors").await.unwrap();
    join(&store, "editors", "ada").await;
    grant(&store, EDITORS, CHANGE).await;
    assert!(store.delete_group("editors").await.unwrap());
    assert!(!store.delete_group("editors").await.unwrap());
    store.create_group("editors").await.unwrap();
    assert_eq!(store.members("editors").await.unwrap(), Some(Vec::new()));
    assert_eq!(held(&store, EDITORS).await, []);
    assert!(!holds(&store, "ada", &["blog.change_note"], None).await);
}

async fn handles_see_each_others_grants(stores: [impl Contract; 2]) {
    let [first, second] = &stores;
    make(first, "ada").await;
    grant(first, ADA, CHANGE).await;
    assert!(holds(second, "ada", &["blog.change_note"], None).await);
    second.revoke(ADA, CHANGE).await.unwrap();
    assert!(!holds(first, "ada", &["blog.change_note"], None).await);
}

ask_every_store! { one:
    groups_are_unique_exact_and_listed_by_name,
    members_come_and_go,
    an_account_holds_what_it_was_granted_and_what_its_groups_were,
    a_grant_for_one_object_is_for_that_one_alone,
    what_is_held_is_shown_with_where_it_comes_from,
    a_grant_is_taken_back_once_and_alone,
    what_is_no_grant_is_refused,
    an_account_that_is_gone_or_locked_out_holds_nothing,
    a_deleted_group_leaves_nothing_to_a_new_one_of_its_name,
}

mod shared {
    use super::handles_see_each_others_grants;

    ask_every_store! { two:
        handles_see_each_others_grants,
    }
}
