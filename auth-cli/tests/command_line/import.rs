//! `auth import`: what comes over, and that it works.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use auth_runtime::store::AccountStore as _;
use auth_runtime::{AuthError, TokenFormat, Username};
use auth_store::{ReadCache, Store};
use serde_json::{Value, json};

use crate::django::{Secrets, sqlite};
use crate::support::{Bench, Run, logs_in, present, user_of};

/// What is said of a table.
fn table<'a>(report: &'a Value, name: &str) -> &'a Value {
    report["tables"].as_array().unwrap().iter().find(|table| table["table"] == name).unwrap()
}

/// `read`, `imported` and `skipped` of all tables.
pub(crate) fn tallies(report: &Value) -> Value {
    let tables = report["tables"].as_array().unwrap().iter();
    tables.map(|table| json!([table["table"], table["read"], table["imported"], table["skipped"]])).collect()
}

/// What is said when all of the fixture comes over.
pub(crate) fn all_imported() -> Value {
    json!([
        ["auth_user", 6, 6, {}],
        ["authtoken_token", 3, 3, {}],
        ["knox_authtoken", 3, 2, { "expired": 1 }],
        ["durin_client", 3, 3, {}],
        ["durin_authtoken", 3, 2, { "expired": 1 }],
    ])
}

/// What is said when it has come over before.
pub(crate) fn all_there() -> Value {
    json!([
        ["auth_user", 6, 0, { "already_there": 6 }],
        ["authtoken_token", 3, 0, { "already_there": 3 }],
        ["knox_authtoken", 3, 0, { "already_there": 2, "expired": 1 }],
        ["durin_client", 3, 0, { "already_there": 3 }],
        ["durin_authtoken", 3, 0, { "already_there": 2, "expired": 1 }],
    ])
}

/// Everything that the fixture holds works in an application.
pub(crate) async fn everything_works<S: Store + Clone>(store: &S) {
    let secrets = Secrets::read();
    let foreign = TokenFormat::default().with_foreign(true);
    for (user, token) in secrets.tokens() {
        let answer = present(store, token, &foreign).await;
        if user == "carol" {
            assert!(!answer.unwrap().0.is_active);
        } else {
            assert_eq!(answer.map(|(account, _)| account.username).ok().as_deref(), Some(user), "{token}");
        }
        let refused: Result<_, AuthError> = present(store, token, &TokenFormat::default()).await;
        assert!(refused.is_err(), "no token of another form is looked up, unless set");
        assert_eq!(user_of(store, &format!("{token}0")).await, None);
    }
    for token in secrets.expired.values() {
        assert_eq!(user_of(store, token).await, None);
    }
    store.set_active("carol", true).await.unwrap();
    for (user, password) in &secrets.passwords {
        assert!(!logs_in(store, user, "wrong").await, "{user}");
        let before = hash_of(store, user).await.unwrap();
        assert!(logs_in(store, user, password).await, "{user}");
        let after = hash_of(store, user).await.unwrap();
        assert!(after.starts_with("$argon2id$v=19$m=8,t=1,p=1$") && after != before, "{user}: {after}");
        assert!(logs_in(store, user, password).await, "{user}");
    }
    for user in ["dave", "eve"] {
        assert_eq!(hash_of(store, user).await, None, "{user}");
    }
}

async fn hash_of<S: Store>(store: &S, user: &str) -> Option<String> {
    store.find_by_username(&Username::parse(user).unwrap()).await.unwrap().unwrap().hash
}

/// Accounts, tokens, logins and clients are as they were there.
pub(crate) async fn all_is_as_it_was<S: Store>(store: &S) {
    let flags = [("ada", true, false), ("boss", true, true), ("carol", false, false), ("frank", true, true)];
    for (name, is_active, is_staff) in flags {
        let account = store.account(name).await.unwrap().unwrap();
        assert_eq!((account.is_active, account.is_staff), (is_active, is_staff), "{name}");
    }
    let created = Duration::from_millis(1_704_164_645_678);
    let end = Duration::from_secs(32_472_144_000); // 2999-01-01
    let ada = store.account("ada").await.unwrap().unwrap();
    let tokens = store.tokens(&ada).await.unwrap();
    assert_eq!(tokens.len(), 1);
    assert_eq!(
        (tokens[0].name.as_str(), tokens[0].token.created, tokens[0].token.expires),
        ("imported", created, None)
    );
    let logins = store.logins(&ada).await.unwrap();
    let mut clients: Vec<_> = logins
        .iter()
        .map(|entry| {
            // Of the time of its making, less than a millisecond is lost.
            let idle = entry.login.idle_timeout.map(|idle| idle.as_secs());
            (entry.login.client.as_str(), entry.login.created, entry.login.expires, idle)
        })
        .collect();
    clients.sort_unstable();
    assert_eq!(
        clients,
        [
            ("knox", created, Some(end), None),
            ("web", created, None, end.checked_sub(created).map(|idle| idle.as_secs()))
        ]
    );
    let frank = store.account("frank").await.unwrap().unwrap();
    assert_eq!(store.logins(&frank).await.unwrap()[0].login.expires, None);
    let dave = store.account("dave").await.unwrap().unwrap();
    let login = &store.logins(&dave).await.unwrap()[0].login;
    assert_eq!((login.client.as_str(), login.created.as_millis()), ("phone-app-2", 1_704_164_645_000));

    let clients = store.clients().await.unwrap();
    let rules: Vec<_> = clients
        .iter()
        .map(|client| {
            let access = *client.access_lifetime();
            assert_eq!((access, None), (*client.idle_lifetime(), *client.absolute_lifetime()));
            (client.name(), access.unwrap().as_secs(), client.rate().map(|rate| rate.to_string()))
        })
        .collect();
    let expected =
        [("phone-app", 86_401, None), ("phone-app-2", 43_200, None), ("web", 30 * 86_400, Some("100/hour".to_owned()))];
    assert_eq!(rules, expected);
}

#[tokio::test]
async fn everything_comes_over_and_works() {
    let bench = Bench::new("import");
    let django = sqlite(&bench, "").await;
    let before = fs::read(&django).unwrap();
    let report = bench.json(&["import", &django]);
    assert_eq!(tallies(&report), all_imported());
    assert_eq!(report["dry_run"], false);
    assert_eq!(
        report["users_without_password"],
        json!([{ "username": "dave", "algorithm": "scrypt" }, { "username": "eve", "algorithm": null }])
    );
    assert_eq!(report["renamed_clients"], json!([{ "was": "phone app", "is": "phone-app-2" }]));
    assert_eq!(report["clients_without_rate"], json!(["phone-app"]));
    assert_eq!(report["unreadable"], json!([]));
    assert!(report["reminders"][0].as_str().unwrap().contains("TokenFormat::default().with_foreign(true)"));
    assert!(report["reminders"][1].as_str().unwrap().contains("feature `django`"));
    assert_eq!(fs::read(&django).unwrap(), before, "the other database is only read");

    let store = bench.store().await;
    all_is_as_it_was(&store).await;
    everything_works(&store).await;
}

#[tokio::test]
async fn each_account_that_comes_over_is_an_event() {
    let bench = Bench::new("import-events");
    let django = sqlite(&bench, "").await;
    let created = |run: &Run| run.err.matches("event=\"account_created\"").count();
    for (dry, events) in [(&["--dry-run"][..], 0), (&[], 6), (&[], 0)] {
        let run = bench.run(&[&["--log", "info", "import", &django], dry].concat());
        assert_eq!((run.code, created(&run)), (Some(0), events), "{run:?}");
    }
}

#[tokio::test]
async fn the_report_is_a_table_with_what_needs_a_hand() {
    let bench = Bench::new("import-text");
    let django = sqlite(&bench, "").await;
    let expected = format!(
        "\
Imported from `{django}`:

TABLE            READ  IMPORTED  SKIPPED
auth_user        6     6
authtoken_token  3     3
knox_authtoken   3     2         1 expired
durin_client     3     3
durin_authtoken  3     2         1 expired

Users without a password here, until they are given one (2):
  dave (scrypt)
  eve (had none)

Clients under another name here (1):
  phone app is phone-app-2

Clients without a rate here, for theirs cannot be read (1):
  phone-app

Imported tokens have another form than new ones: set TokenFormat::default().with_foreign(true) in the application.
For Django's passwords the application needs the feature `django` of auth-runtime.
"
    );
    assert_eq!(bench.run(&["import", &django]).text(), expected);
}

#[tokio::test]
async fn no_secret_comes_over_in_clear() {
    let bench = Bench::new("import-secrets");
    let django = sqlite(&bench, "").await;
    let text = bench.run(&["import", &django]).text();
    let json = bench.run(&["import", &django, "--json"]).text();
    for secret in Secrets::read().all() {
        assert!(!bench.holds(secret) && !text.contains(secret) && !json.contains(secret), "{secret}");
    }
    assert!(!text.contains("pbkdf2_sha256$") && !text.contains("scrypt$"), "{text}");
}

#[tokio::test]
async fn a_second_import_changes_nothing() {
    let bench = Bench::new("import-twice");
    let django = sqlite(&bench, "").await;
    bench.run(&["import", &django]).text();
    let before = contents(&bench).await;
    let report = bench.json(&["import", &django]);
    assert_eq!(tallies(&report), all_there());
    assert_eq!(report["users_without_password"], json!([]));
    assert_eq!(contents(&bench).await, before);
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_changes_nothing() {
    let bench = Bench::new("import-dry");
    let django = sqlite(&bench, "").await;
    bench.user("ada");
    let before = contents(&bench).await;
    let dry = bench.json(&["import", &django, "--dry-run"]);
    assert_eq!(dry["dry_run"], true);
    assert_eq!(contents(&bench).await, before);
    let mut real = bench.json(&["import", &django]);
    assert_ne!(contents(&bench).await, before);
    real["dry_run"] = true.into();
    assert_eq!(dry, real);
    assert!(bench.run(&["import", &django, "--dry-run"]).text().starts_with("Would be imported from "));
}

#[tokio::test]
async fn who_is_here_stays_as_they_are_and_get_their_tokens() {
    let bench = Bench::new("import-there");
    let django = sqlite(&bench, "").await;
    bench.run_with(&["users", "create", "boss"], "another password\n").text();
    bench.run(&["clients", "set", "web", "--idle", "1h"]).text();
    let report = bench.json(&["import", &django]);
    assert_eq!(table(&report, "auth_user")["skipped"], json!({ "already_there": 1 }));
    assert_eq!(table(&report, "durin_client")["skipped"], json!({ "already_there": 1 }));

    let store = bench.store().await;
    let boss = store.account("boss").await.unwrap().unwrap();
    assert!(!boss.is_staff);
    assert!(logs_in(&store, "boss", "another password").await);
    let secrets = Secrets::read();
    assert_eq!(user_of(&store, &secrets.framework["boss"]).await.as_deref(), Some("boss"));
    let clients = bench.json(&["clients", "list"]);
    let web = clients["clients"].as_array().unwrap().iter().find(|client| client["name"] == "web").unwrap();
    assert_eq!(web["idle_lifetime"], "1h");
    assert_eq!(user_of(&store, &secrets.durin["ada"]).await.as_deref(), Some("ada"), "by its own end");
}

#[tokio::test]
async fn only_what_is_named_comes_over() {
    let bench = Bench::new("import-only");
    let django = sqlite(&bench, "").await;
    let report = bench.json(&["import", &django, "--only", "tokens,knox"]);
    let nobody = json!([
        ["authtoken_token", 3, 0, { "no_user": 3 }],
        ["knox_authtoken", 3, 0, { "no_user": 2, "expired": 1 }],
    ]);
    assert_eq!(tallies(&report), nobody);
    let dry = bench.json(&["import", &django, "--only", "tokens,knox", "--dry-run"]);
    assert_eq!(tallies(&dry), nobody);

    let report = bench.json(&["import", &django, "--only", "users"]);
    assert_eq!(tallies(&report), json!([["auth_user", 6, 6, {}]]));
    let report = bench.json(&["import", &django, "--only", "knox", "--only", "durin"]);
    let others = all_imported().as_array().unwrap()[2..].to_vec();
    assert_eq!(tallies(&report), Value::from(others));
    let report = bench.json(&["import", &django]);
    assert_eq!(table(&report, "authtoken_token")["imported"], 3);
    everything_works(&bench.store().await).await;
}

#[tokio::test]
async fn a_table_that_is_missing_is_said() {
    let bench = Bench::new("import-missing");
    let django = sqlite(&bench, "DROP TABLE knox_authtoken; DROP TABLE durin_authtoken; DROP TABLE durin_client").await;
    let text = bench.run(&["import", &django]).text();
    assert!(text.contains("\nknox_authtoken   0     0         there is no such table\n"), "{text}");
    let report = bench.json(&["import", &django]);
    assert_eq!(table(&report, "knox_authtoken")["found"], false);
    assert_eq!(table(&report, "authtoken_token")["found"], true);

    let django = sqlite(&bench, "DROP TABLE auth_user; DROP TABLE durin_client").await;
    let report = bench.json(&["import", &django]);
    for (name, needed) in
        [("authtoken_token", "auth_user"), ("knox_authtoken", "auth_user"), ("durin_authtoken", "auth_user")]
    {
        let table = table(&report, name);
        assert_eq!((&table["needs"], &table["read"]), (&json!(needed), &json!(0)), "{name}");
    }
    let text = bench.run(&["import", &django]).text();
    assert!(text.contains("all, for there is no table auth_user"), "{text}");
}

#[tokio::test]
async fn what_is_no_database_of_django_is_refused() {
    let bench = Bench::new("import-wrong");
    bench.run(&["migrate"]).text();
    let failure = bench.run(&["import", &bench.database]).failure(2);
    assert!(failure.contains("is that the database of the Django application?"), "{failure}");
    let failure = bench.run(&["import", "missing.sqlite3"]).failure(1);
    assert!(failure.contains("`missing.sqlite3` cannot be read"), "{failure}");
    assert!(!fs::exists(bench.path("missing.sqlite3")).unwrap(), "it is not made");
    bench.run(&["import"]).failure(2);
}

#[tokio::test]
async fn a_database_may_be_the_application_s_own() {
    let mut bench = Bench::new("import-same-file");
    bench.database = sqlite(&bench, "").await;
    // An owner who lets others read it would be warned.
    fs::set_permissions(&bench.database, fs::Permissions::from_mode(0o600)).unwrap();
    let report = bench.json(&["import", &bench.database]);
    assert_eq!(tallies(&report), all_imported());
    everything_works(&bench.store().await).await;
}

#[tokio::test]
async fn a_token_of_a_user_who_was_locked_out_there_works_once_the_user_is_let_in() {
    let bench = Bench::new("import-inactive");
    let django = sqlite(&bench, "").await;
    bench.run(&["import", &django]).text();
    let store = bench.store().await.with_cache(ReadCache::new(100, Duration::from_secs(3600)));
    let token = &Secrets::read().framework["carol"];
    assert_eq!(user_of(&store, token).await, None);
    store.set_active("carol", true).await.unwrap();
    assert_eq!(user_of(&store, token).await.as_deref(), Some("carol"), "at once, even with a cache");
}

#[tokio::test]
async fn the_rules_of_a_client_that_is_here_refuse_and_end_no_imported_login() {
    let bench = Bench::new("import-limit");
    let django = sqlite(&bench, "").await;
    bench.run(&["clients", "set", "web", "--max-logins", "0", "--single-login", "true"]).text();
    let report = bench.json(&["import", &django]);
    assert_eq!(table(&report, "durin_authtoken")["imported"], 2);
    let (store, secrets) = (bench.store().await, Secrets::read());
    for token in [&secrets.knox["ada"], &secrets.durin["ada"]] {
        assert_eq!(user_of(&store, token).await.as_deref(), Some("ada"));
    }
}

/// All rows of our database.
async fn contents(bench: &Bench) -> Vec<String> {
    let pool = sqlx::SqlitePool::connect(&bench.database).await.unwrap();
    let mut rows = Vec::new();
    for (columns, table) in [
        ("id || username || coalesce(password_hash, '') || is_active || is_staff || epoch", "auth_account"),
        ("id || account_id || client || created || coalesce(expires, '') || name", "auth_login"),
        ("id || account_id || client || hex(digest) || created || coalesce(expires, '') || name", "auth_token"),
        ("name || coalesce(absolute_lifetime, '') || coalesce(rate, '') || allowed_origins", "auth_client"),
    ] {
        let select = sqlx::AssertSqlSafe(format!("SELECT '{table} ' || {columns} FROM {table} ORDER BY 1"));
        rows.extend(sqlx::query_scalar::<_, String>(select).fetch_all(&pool).await.unwrap());
    }
    pool.close().await;
    rows
}
