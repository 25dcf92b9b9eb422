//! `auth groups`, and the permissions of `auth users`.

use auth_runtime::store::{AccountStore as _, PermissionStore as _};
use serde_json::json;

use crate::support::Bench;

async fn holds(bench: &Bench, user: &str, codename: &str, object: Option<&str>) -> bool {
    let store = bench.store().await;
    let account = store.account(user).await.unwrap().unwrap();
    store.has_permissions(&account, &[codename], object).await.unwrap()
}

#[tokio::test]
async fn members_hold_what_their_group_is_granted() {
    let bench = Bench::new("groups-grant");
    bench.user("ada");
    assert_eq!(bench.run(&["groups", "create", "editors"]).text(), "The group editors was created.\n");
    let text = bench.run(&["groups", "grant", "editors", "blog.change_note"]).text();
    assert_eq!(text, "editors holds blog.change_note.\n");
    assert!(!holds(&bench, "ada", "blog.change_note", None).await);
    assert_eq!(bench.run(&["groups", "add", "editors", "ada"]).text(), "ada is in editors.\n");
    assert!(holds(&bench, "ada", "blog.change_note", None).await);
    let json = bench.json(&["groups", "add", "editors", "ada"]);
    assert_eq!(json, json!({ "group": "editors", "username": "ada", "added": false }));
    assert_eq!(bench.run(&["groups", "remove", "editors", "ada"]).text(), "ada is no longer in editors.\n");
    assert!(!holds(&bench, "ada", "blog.change_note", None).await);
    let failure = bench.run(&["groups", "remove", "editors", "ada"]).failure(3);
    assert_eq!(failure, "auth: `ada` is not in editors; `auth groups show editors` shows who is\n");
}

#[test]
fn groups_are_listed_and_shown() {
    let bench = Bench::new("groups-list");
    bench.run(&["migrate"]).text();
    assert_eq!(bench.run(&["groups", "list"]).text(), "There are no groups.\n");
    for name in ["ada", "bob"] {
        bench.user(name);
    }
    for name in ["editors", "authors"] {
        bench.run(&["groups", "create", name]).text();
    }
    let text = bench.run(&["groups", "show", "editors"]).text();
    assert_eq!(text, "Nobody is in editors.\neditors holds no permissions.\n");
    for name in ["bob", "ada"] {
        bench.run(&["groups", "add", "editors", name]).text();
    }
    bench.run(&["groups", "grant", "editors", "blog.change_note", "--object", "17"]).text();
    bench.run(&["groups", "grant", "editors", "blog.add_note"]).text();
    assert_eq!(bench.run(&["groups", "list"]).text(), "NAME     MEMBERS\nauthors  0\neditors  2\n");
    let listed = json!({ "groups": [{ "name": "authors", "members": 0 }, { "name": "editors", "members": 2 }] });
    assert_eq!(bench.json(&["groups", "list"]), listed);
    let text = bench.run(&["groups", "show", "editors"]).text();
    assert_eq!(text, "MEMBER\nada\nbob\nPERMISSION        OBJECT\nblog.add_note     all\nblog.change_note  17\n");
    let shown = json!({
        "name": "editors",
        "members": ["ada", "bob"],
        "permissions": [
            { "codename": "blog.add_note", "object": null },
            { "codename": "blog.change_note", "object": "17" },
        ],
    });
    assert_eq!(bench.json(&["groups", "show", "editors"]), shown);
}

#[tokio::test]
async fn a_user_is_granted_a_permission_for_all_objects_or_for_one() {
    let bench = Bench::new("users-grant");
    bench.user("ada");
    assert_eq!(bench.run(&["users", "permissions", "ada"]).text(), "ada holds no permissions.\n");
    let text = bench.run(&["users", "grant", "ada", "blog.change_note", "--object", "17"]).text();
    assert_eq!(text, "ada holds blog.change_note for the object 17.\n");
    assert!(holds(&bench, "ada", "blog.change_note", Some("17")).await);
    assert!(!holds(&bench, "ada", "blog.change_note", None).await);
    let json = bench.json(&["users", "grant", "ada", "blog.change_note"]);
    let expected = json!({ "username": "ada", "codename": "blog.change_note", "object": null, "granted": true });
    assert_eq!(json, expected);
    let text = bench.run(&["users", "grant", "ada", "blog.change_note"]).text();
    assert_eq!(text, "ada already holds blog.change_note.\n");

    bench.run(&["groups", "create", "editors"]).text();
    bench.run(&["groups", "add", "editors", "ada"]).text();
    bench.run(&["groups", "grant", "editors", "blog.change_note"]).text();
    let table = "\
PERMISSION        OBJECT  FROM GROUP
blog.change_note  all
blog.change_note  all     editors
blog.change_note  17
";
    assert_eq!(bench.run(&["users", "permissions", "ada"]).text(), table);
    let expected = json!({
        "username": "ada",
        "permissions": [
            { "codename": "blog.change_note", "object": null, "group": null },
            { "codename": "blog.change_note", "object": null, "group": "editors" },
            { "codename": "blog.change_note", "object": "17", "group": null },
        ],
    });
    assert_eq!(bench.json(&["users", "permissions", "ada"]), expected);
}

#[tokio::test]
async fn what_is_revoked_is_that_grant_alone() {
    let bench = Bench::new("users-revoke");
    bench.user("ada");
    bench.run(&["groups", "create", "editors"]).text();
    bench.run(&["groups", "add", "editors", "ada"]).text();
    for holder in [["users", "grant", "ada"], ["groups", "grant", "editors"]] {
        bench.run(&[&holder[..], &["blog.change_note"]].concat()).text();
        bench.run(&[&holder[..], &["blog.change_note", "--object", "17"]].concat()).text();
    }
    let text = bench.run(&["users", "revoke", "ada", "blog.change_note"]).text();
    assert_eq!(text, "ada is no longer granted blog.change_note.\n");
    assert!(holds(&bench, "ada", "blog.change_note", None).await, "from the group");
    let failure = bench.run(&["users", "revoke", "ada", "blog.change_note"]).failure(3);
    let cure = "`auth users permissions ada` shows what it has from where";
    assert_eq!(failure, format!("auth: ada was not granted blog.change_note; {cure}\n"));
    let json = bench.json(&["groups", "revoke", "editors", "blog.change_note"]);
    let expected = json!({ "group": "editors", "codename": "blog.change_note", "object": null, "revoked": true });
    assert_eq!(json, expected);
    assert!(!holds(&bench, "ada", "blog.change_note", None).await);
    assert!(holds(&bench, "ada", "blog.change_note", Some("17")).await);
    bench.run(&["groups", "revoke", "editors", "blog.change_note"]).failure(3);
    bench.run(&["groups", "delete", "editors"]).text();
    bench.run(&["users", "revoke", "ada", "blog.change_note", "--object", "17"]).text();
    assert!(!holds(&bench, "ada", "blog.change_note", Some("17")).await);
}

#[test]
fn who_is_not_there_is_granted_nothing() {
    let bench = Bench::new("groups-unknown");
    bench.user("ada");
    bench.run(&["groups", "create", "editors"]).text();
    let no_group = "auth: there is no group `writers`; `auth groups list` shows all\n";
    let no_user = "auth: there is no user `bob`; `auth users list` shows all\n";
    for (arguments, failure) in [
        (&["groups", "show", "writers"][..], no_group),
        (&["groups", "delete", "writers"], no_group),
        (&["groups", "add", "writers", "ada"], no_group),
        (&["groups", "remove", "writers", "ada"], no_group),
        (&["groups", "grant", "writers", "blog.add_note"], no_group),
        (&["groups", "revoke", "writers", "blog.add_note"], no_group),
        (&["groups", "add", "editors", "bob"], no_user),
        (&["groups", "remove", "editors", "bob"], no_user),
        (&["users", "grant", "bob", "blog.add_note"], no_user),
        (&["users", "revoke", "bob", "blog.add_note"], no_user),
        (&["users", "permissions", "bob"], no_user),
    ] {
        assert_eq!(bench.run(arguments).failure(3), failure, "{arguments:?}");
    }
    let failure = bench.run(&["groups", "create", "editors"]).failure(3);
    assert_eq!(failure, "auth: the name `editors` is taken; `auth groups show editors` shows it\n");
}

#[test]
fn what_is_no_permission_is_not_granted() {
    let bench = Bench::new("groups-bad");
    bench.user("ada");
    for arguments in [
        &["users", "grant", "ada", "change_note"][..],
        &["users", "grant", "ada", "blog.change note"],
        &["users", "grant", "ada", ""],
        &["users", "grant", "ada", "blog.change_note", "--object", ""],
        &["users", "grant", "ada", "blog.change_note", "--object", "1\t2"],
        &["users", "grant", "ada"],
        &["groups", "create", ""],
        &["groups", "create", " editors"],
        &["groups", "create", "a\u{1b}[2Jb"],
    ] {
        bench.run(arguments).failure(2);
    }
    assert_eq!(bench.json(&["users", "permissions", "ada"])["permissions"], json!([]));
    assert_eq!(bench.json(&["groups", "list"]), json!({ "groups": [] }));
}
