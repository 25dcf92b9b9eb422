//! `auth import` of rows that nobody can read.

use serde_json::json;

use crate::django::{Secrets, sqlite};
use crate::import::tallies;
use crate::support::{Bench, user_of};

/// SQLite keeps a value of any type in any column.
const DAMAGE: &str = "
    UPDATE auth_user SET is_active = 'perhaps' WHERE username = 'boss';
    INSERT INTO auth_user SELECT id + 10, password, last_login, is_superuser, username || x'ff', last_name, email, \
        is_staff, is_active, date_joined, first_name FROM auth_user WHERE username = 'ada';
    INSERT INTO auth_user SELECT id + 20, password, last_login, is_superuser, '', last_name, email, \
        is_staff, is_active, date_joined, first_name FROM auth_user WHERE username = 'ada';
    UPDATE authtoken_token SET created = 'yesterday' WHERE user_id = 1;
    INSERT INTO authtoken_token VALUES ('token-of-nobody', '2024-01-02 03:04:05', 99);
    UPDATE knox_authtoken SET digest = 'zz' || substr(digest, 3) WHERE expiry IS NULL;
    UPDATE knox_authtoken SET expiry = '2999-13-01 00:00:00' WHERE expiry LIKE '2999%';
    UPDATE durin_client SET token_ttl = 'a while' WHERE name = 'web';
    UPDATE durin_client SET token_ttl = 0 WHERE name = 'phone-app';
    UPDATE durin_authtoken SET expiry = x'00' WHERE id = 3;
";

#[tokio::test]
async fn rows_that_cannot_be_read_are_named_and_the_rest_comes_over() {
    let bench = Bench::new("damaged");
    let django = sqlite(&bench, DAMAGE).await;
    let dry = bench.json(&["import", &django, "--dry-run"]);
    let mut report = bench.json(&["import", &django]);
    let expected = json!([
        ["auth_user", 8, 5, { "unreadable": 3 }],
        ["authtoken_token", 4, 1, { "unreadable": 1, "no_user": 2 }],
        ["knox_authtoken", 3, 0, { "unreadable": 2, "expired": 1 }],
        ["durin_client", 3, 1, { "unreadable": 2 }],
        ["durin_authtoken", 3, 1, { "unreadable": 1, "no_client": 1 }],
    ]);
    assert_eq!(tallies(&report), expected);
    let row = |table: &str, key: &str, value: &str, column: &str| json!({ "table": table, "key": key, "value": value, "column": column });
    let mut unreadable = report["unreadable"].as_array().unwrap().clone();
    unreadable.sort_by_key(ToString::to_string);
    let mut rows = vec![
        row("auth_user", "id", "2", "is_active"),
        row("auth_user", "id", "11", "username"),
        row("auth_user", "id", "21", "username"),
        row("authtoken_token", "user_id", "1", "created"),
        row("knox_authtoken", "user_id", "6", "digest"),
        row("knox_authtoken", "user_id", "1", "expiry"),
        row("durin_client", "id", "1", "token_ttl"),
        row("durin_client", "id", "3", "token_ttl"),
        row("durin_authtoken", "id", "3", "expiry"),
    ];
    rows.sort_by_key(ToString::to_string);
    assert_eq!(unreadable, rows);
    report["dry_run"] = true.into();
    assert_eq!(dry, report);

    let store = bench.store().await;
    let secrets = Secrets::read();
    assert_eq!(user_of(&store, &secrets.durin["dave"]).await.as_deref(), Some("dave"));
    for token in [&secrets.framework["ada"], &secrets.framework["boss"], &secrets.knox["ada"], &secrets.durin["ada"]] {
        assert_eq!(user_of(&store, token).await, None);
    }

    let text = bench.run(&["import", &django]).text();
    assert!(text.contains("\nRows that cannot be read, with the column at fault (9):\n"), "{text}");
    assert!(text.contains("  authtoken_token with user_id 1: created\n"), "{text}");
    for secret in secrets.all().chain(["token-of-nobody"]) {
        assert!(!text.contains(secret) && !report.to_string().contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn what_is_repaired_comes_over_afterwards() {
    let bench = Bench::new("damaged-repaired");
    let django = sqlite(&bench, DAMAGE).await;
    bench.run(&["import", &django]).text();
    let django = sqlite(&bench, "").await;
    bench.run(&["import", &django]).text();
    let store = bench.store().await;
    for (user, token) in Secrets::read().tokens().filter(|(user, _)| *user != "carol") {
        assert_eq!(user_of(&store, token).await.as_deref(), Some(user));
    }
}
