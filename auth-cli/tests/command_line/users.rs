//! `auth users`.

use auth_runtime::Username;
use auth_runtime::store::PasswordStore as _;
use serde_json::json;

use crate::support::{Bench, logs_in, user_of};

#[tokio::test]
async fn a_user_is_made_with_a_password_that_is_piped_in() {
    let bench = Bench::new("users-create");
    let text = bench.run_with(&["users", "create", "ada", "--staff"], "correct horse\n").text();
    assert_eq!(text, "ada was created, as staff.\n");
    let json = bench.run_with(&["users", "create", "bob", "--inactive", "--json"], "battery staple\r\nmore\n").json();
    let expected = json!({ "id": "2", "username": "bob", "is_active": false, "is_staff": false, "has_password": true });
    assert_eq!(json, expected);

    let store = bench.store().await;
    assert!(logs_in(&store, "ada", "correct horse").await);
    assert!(!logs_in(&store, "ada", "correct horse\n").await);
    assert!(!logs_in(&store, "bob", "battery staple").await, "locked out");
    bench.run(&["users", "enable", "bob"]).text();
    assert!(logs_in(&store, "bob", "battery staple").await, "the line ends before its end of line");
    assert!(!bench.holds("correct horse") && !bench.holds("battery staple"));
}

#[tokio::test]
async fn a_user_without_a_password_logs_in_with_none() {
    let bench = Bench::new("users-no-password");
    let text = bench.run(&["users", "create", "ada", "--no-password"]).text();
    assert_eq!(text, "ada was created, without a password.\n");
    let record = bench.store().await.find_by_username(&Username::parse("ada").unwrap()).await.unwrap().unwrap();
    assert_eq!(record.hash, None);
}

#[test]
fn a_password_that_is_none_makes_no_user() {
    let bench = Bench::new("users-bad-password");
    let long = "x".repeat(5_000);
    for (input, cure) in [("", "pipe one line"), ("\n", "pipe one line"), (long.as_str(), "at most 1024")] {
        let failure = bench.run_with(&["users", "create", "ada"], input).failure(2);
        assert!(failure.contains(cure) && !failure.contains("xxx"), "{failure}");
    }
    assert_eq!(bench.json(&["users", "list"]), json!({ "users": [] }));
}

#[tokio::test]
async fn a_name_that_is_taken_stays_as_it_is() {
    let bench = Bench::new("users-taken");
    bench.run_with(&["users", "create", "ada"], "first\n").text();
    let failure = bench.run_with(&["users", "create", "ada", "--staff"], "second\n").failure(3);
    assert!(failure.contains("`ada` is taken"), "{failure}");
    assert!(logs_in(&bench.store().await, "ada", "first").await);
}

#[test]
fn a_name_that_looks_like_another_is_refused() {
    let bench = Bench::new("users-look-alike");
    bench.user("ada");
    for (name, shown) in [
        ("Ada", "`Ada`"),
        ("ADA", "`ADA`"),
        ("ada\u{200b}", "`ada\\u{200b}`"),
        ("\u{feff}ada", "`\\u{feff}ada`"),
        ("ａＤａ", "`aDa`"),
    ] {
        let failure = bench.run(&["users", "create", name, "--no-password"]).failure(3);
        let expected = format!("auth: the name {shown} looks like `ada`, which is taken; choose another one\n");
        assert_eq!(failure, expected);
        // Nobody types a password for nothing.
        assert_eq!(bench.run(&["users", "create", name]).failure(3), expected);
    }
    bench.user("adá");
    assert_eq!(bench.json(&["users", "list"])["users"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn every_command_takes_a_name_in_every_form() {
    let bench = Bench::new("users-forms");
    let text = bench.run_with(&["users", "create", " Mu\u{308}ller "], "correct horse\n").text();
    assert_eq!(text, "Müller was created.\n");
    assert!(bench.run(&["users", "create", "Müller\u{3000}"]).failure(3).contains("`Müller` is taken"));
    let decomposed = "Mu\u{308}ller";
    assert_eq!(bench.run(&["users", "set-staff", decomposed, "true"]).text(), "Müller is staff.\n");
    assert_eq!(bench.json(&["users", "disable", "Müller "])["username"], "Müller");
    assert_eq!(bench.json(&["users", "enable", "Ｍüller"])["username"], "Müller");
    bench.run_with(&["users", "set-password", decomposed], "battery staple\n").text();
    let store = bench.store().await;
    assert!(logs_in(&store, "Müller", "battery staple").await && logs_in(&store, decomposed, "battery staple").await);
    assert!(!logs_in(&store, "müller", "battery staple").await);

    assert_eq!(bench.json(&["tokens", "create", decomposed])["user"], "Müller");
    assert_eq!(bench.json(&["tokens", "list", decomposed])["tokens"].as_array().unwrap().len(), 1);
    assert_eq!(bench.json(&["logins", "list", decomposed])["user"], "Müller");
    bench.run(&["groups", "create", "editors"]).text();
    bench.run(&["groups", "add", "editors", decomposed]).text();
    assert_eq!(bench.json(&["groups", "show", "editors"])["members"], json!(["Müller"]));
    assert_eq!(bench.json(&["users", "grant", decomposed, "blog.add_note"])["username"], "Müller");
    assert_eq!(bench.json(&["users", "permissions", "Müller"])["permissions"].as_array().unwrap().len(), 1);
    assert_eq!(bench.json(&["users", "delete", decomposed])["username"], "Müller");
}

#[test]
fn a_search_ignores_case_in_every_script() {
    let bench = Bench::new("users-search");
    for name in ["Müller", "Σίσυφος", "ДАША", "Groß", "ada"] {
        bench.user(name);
    }
    for (search, found) in [
        ("MÜL", "Müller"),
        ("u\u{308}LL", "Müller"),
        ("ΣΊΣΥΦΟΣ", "Σίσυφος"),
        ("аш", "ДАША"),
        ("GROSS", "Groß"),
        ("ＡＤＡ ", "ada"),
    ] {
        let users = bench.json(&["users", "list", "--search", search])["users"].clone();
        assert_eq!((users.as_array().unwrap().len(), &users[0]["username"]), (1, &json!(found)), "{search:?}");
    }
}

#[test]
fn a_name_is_what_can_be_typed() {
    let bench = Bench::new("users-names");
    for name in ["", " ", "\u{200b}", "a\tb", "a\u{1b}[2Jb", "a\u{2028}b", &"a".repeat(1025)] {
        bench.run(&["users", "create", name, "--no-password"]).failure(2);
    }
    for name in ["Ada é 🔑", "a b", "a%b", "'; DROP TABLE auth_account; --"] {
        bench.run(&["users", "create", "--no-password", "--", name]).text();
    }
}

#[test]
fn users_are_listed_by_name() {
    let bench = Bench::new("users-list");
    bench.run(&["migrate"]).text();
    assert_eq!(bench.run(&["users", "list"]).text(), "There are no users.\n");
    for user in [["carol", "--staff"], ["ada", "--staff"], ["bob_a", "--inactive"]] {
        bench.run(&["users", "create", user[0], user[1], "--no-password"]).text();
    }
    let table = "\
ID  NAME   ACTIVE  STAFF
2   ada    yes     yes
3   bob_a  no      no
1   carol  yes     yes
";
    assert_eq!(bench.run(&["users", "list"]).text(), table);
    let names = |search: &str| {
        let found = bench.json(&["users", "list", "--search", search]);
        let names = found["users"].as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names("A"), ["ada", "bob_a", "carol"]);
    assert_eq!(names("_"), ["bob_a"]);
    assert_eq!(names("zoe"), Vec::<String>::new());
    assert_eq!(bench.run(&["users", "list", "--search", "zoe"]).text(), "No user's name contains `zoe`.\n");
}

#[tokio::test]
async fn more_users_than_a_page_holds_are_all_listed() {
    let bench = Bench::new("users-many");
    bench.run(&["migrate"]).text();
    let pool = sqlx::SqlitePool::connect(&bench.database).await.unwrap();
    let many = "INSERT INTO auth_account (username, is_active, is_staff) \
         WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 1200) SELECT 'u' || n, 1, 0 FROM n";
    sqlx::query(many).execute(&pool).await.unwrap();
    pool.close().await;
    assert_eq!(bench.json(&["users", "list"])["users"].as_array().unwrap().len(), 1200);
}

#[tokio::test]
async fn a_user_is_locked_out_and_let_in_again() {
    let bench = Bench::new("users-disable");
    bench.run_with(&["users", "create", "ada"], "correct horse\n").text();
    let token = bench.token("ada");
    let store = bench.store().await;
    assert_eq!(user_of(&store, &token).await.as_deref(), Some("ada"));

    assert!(bench.run(&["users", "disable", "ada"]).text().starts_with("ada is locked out"));
    assert_eq!(user_of(&store, &token).await, None);
    assert!(!logs_in(&store, "ada", "correct horse").await);

    assert_eq!(bench.json(&["users", "enable", "ada"]), json!({ "username": "ada", "is_active": true }));
    assert!(logs_in(&store, "ada", "correct horse").await);
    assert_eq!(user_of(&store, &token).await, None, "what has ended stays so");
}

#[test]
fn staff_are_put_on_and_taken_off() {
    let bench = Bench::new("users-staff");
    bench.user("ada");
    assert_eq!(bench.run(&["users", "set-staff", "ada", "true"]).text(), "ada is staff.\n");
    assert_eq!(bench.json(&["users", "list"])["users"][0]["is_staff"], true);
    assert_eq!(bench.run(&["users", "set-staff", "ada", "false"]).text(), "ada is no longer staff.\n");
    assert_eq!(bench.json(&["users", "list"])["users"][0]["is_staff"], false);
    bench.run(&["users", "set-staff", "ada", "perhaps"]).failure(2);
}

#[tokio::test]
async fn another_password_ends_tokens_unless_they_are_kept() {
    let bench = Bench::new("users-set-password");
    bench.run_with(&["users", "create", "ada"], "first\n").text();
    let (token, store) = (bench.token("ada"), bench.store().await);

    let text = bench.run_with(&["users", "set-password", "ada", "--keep-tokens"], "second\n").text();
    assert_eq!(text, "ada has another password; logins have ended, tokens are kept.\n");
    assert!(logs_in(&store, "ada", "second").await && !logs_in(&store, "ada", "first").await);
    assert_eq!(user_of(&store, &token).await.as_deref(), Some("ada"));

    let json = bench.run_with(&["--json", "users", "set-password", "ada"], "third\n").json();
    assert_eq!(json, json!({ "username": "ada", "password_changed": true, "tokens_kept": false }));
    assert!(logs_in(&store, "ada", "third").await);
    assert_eq!(user_of(&store, &token).await, None);
}

#[tokio::test]
async fn a_deleted_user_is_gone_with_tokens() {
    let bench = Bench::new("users-delete");
    bench.user("ada");
    let (token, store) = (bench.token("ada"), bench.store().await);
    assert_eq!(bench.run(&["users", "delete", "ada"]).text(), "ada is deleted, with logins, tokens and permissions.\n");
    assert_eq!(user_of(&store, &token).await, None);
    assert_eq!(bench.json(&["users", "list"]), json!({ "users": [] }));
}

#[test]
fn who_is_not_there_is_said() {
    let bench = Bench::new("users-nobody");
    bench.run(&["migrate"]).text();
    for arguments in [
        &["users", "disable", "nobody"][..],
        &["users", "enable", "nobody"],
        &["users", "delete", "nobody"],
        &["users", "set-staff", "nobody", "true"],
        &["users", "set-password", "nobody"],
        &["tokens", "create", "nobody"],
        &["tokens", "list", "nobody"],
        &["tokens", "revoke", "nobody", "--all"],
        &["logins", "list", "nobody"],
        &["logins", "revoke", "nobody", "1"],
    ] {
        let failure = bench.run_with(arguments, "a password\n").failure(3);
        let expected = "auth: there is no user `nobody`; `auth users list` shows all\n";
        assert_eq!(failure, expected, "{arguments:?}");
    }
}

#[test]
fn each_change_of_an_account_is_logged_where_that_is_asked_for() {
    let bench = Bench::new("users-events");
    for (arguments, input, events) in [
        (&["users", "create", "ada"][..], "first\n", &["account_created"][..]),
        (&["users", "set-password", "ada"], "second\n", &["password_changed", "login_revoked", "token_revoked"]),
        (&["users", "set-password", "ada", "--keep-tokens"], "third\n", &["password_changed", "login_revoked"]),
        (&["users", "disable", "ada"], "", &["account_disabled", "login_revoked", "token_revoked"]),
        (&["users", "enable", "ada"], "", &["account_enabled"]),
        (&["users", "delete", "ada"], "", &["account_deleted"]),
        (&["users", "list"], "", &[]),
    ] {
        let run = bench.run_with(&[&["--log", "info"], arguments].concat(), input);
        assert_eq!(run.code, Some(0), "{run:?}");
        let lines: Vec<&str> = run.err.lines().filter(|line| line.contains("event=")).collect();
        assert_eq!(lines.len(), events.len(), "{arguments:?}: {run:?}");
        for (line, event) in lines.iter().zip(events) {
            assert!(line.contains(&format!("event=\"{event}\" user=\"1\"")), "{arguments:?}: {line}");
        }
        assert!(!["ada", "first", "second", "third"].iter().any(|text| run.err.contains(text)), "{run:?}");
    }
}
