//! What a SQLite file promises beside the contract.

use std::path::{Path, PathBuf};

use auth_runtime::store::{AccountStore, CredentialStore, Keep, LoginStore, NewAccount, SweepStore, TokenStore};
use auth_runtime::{Digest, PresentedToken};
use auth_store::{OpenError, SqliteStore, StoreOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row};

use crate::given::{
    ALL, Fresh, NOW, PATIENT, digest, find_login, find_token, furnished, has_token, keep, left, make, seconds, token,
};
use crate::names::{insert_old, old_names_are_found};

pub(crate) async fn in_memory(_: &str) -> Fresh<SqliteStore> {
    SqliteStore::in_memory().await.unwrap().into()
}

pub(crate) async fn fresh(test: &str) -> Fresh<SqliteStore> {
    let path = file(test);
    let open = async || SqliteStore::open_with(&path, PATIENT).await.unwrap();
    let stores = [open().await, open().await];
    Fresh { stores, database: None }
}

/// The path of a file that is not there yet, in an empty folder of its own.
pub(crate) fn file(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test.replace("::", "-"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder.join("auth.db")
}

async fn connect(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn run_sql(path: &Path, sql: &'static str) {
    let mut connection = connect(path).await;
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

pub(crate) fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// The bytes of all files in the folder of this one.
pub(crate) fn everything_beside(path: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(path.parent().unwrap()).unwrap();
    files.flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
}

#[tokio::test]
async fn a_file_has_digests_and_never_a_token_or_a_cookie() {
    let path = file("digests");
    let store = SqliteStore::open(&path).await.unwrap();
    let ada = furnished(&store, "ada-lovelace").await;
    keep(&store, &ada, token("gone")).await;
    store.end_login(&digest("ada-lovelace-login-2")).await.unwrap();
    for is_closed in [false, true] {
        if is_closed {
            store.close().await;
        }
        let everything = everything_beside(&path);
        assert!(contains(&everything, b"ada-lovelace"), "the scan sees what is there");
        for kept in ["token-1", "login-1", "access-1"] {
            assert!(contains(&everything, digest(&format!("ada-lovelace-{kept}")).as_bytes()), "{kept}");
        }
        for secret in ["ada-lovelace-token", "ada-lovelace-login", "ada-lovelace-access"] {
            assert!(!contains(&everything, secret.as_bytes()), "{secret}, closed: {is_closed}");
        }
    }
}

#[tokio::test]
async fn a_file_keeps_everything_when_it_is_opened_again() {
    let path = file("again");
    let store = SqliteStore::open(&path).await.unwrap();
    let ada = furnished(&store, "ada").await;
    store.close().await;
    let closed = store.find_token(&PresentedToken::of(digest("ada-token-1"))).await;
    closed.expect_err("a closed store is an error and no answer");
    for _ in 0..3 {
        let store = SqliteStore::open(&path).await.unwrap();
        assert_eq!(store.account("ada").await.unwrap(), Some(ada.clone()));
        assert_eq!(left(&store, "ada").await, ALL);
        store.close().await;
    }
}

#[tokio::test]
async fn a_new_file_is_opened_by_many_at_once() {
    let path = file("many");
    let opening: Vec<_> = (0..12).map(|_| tokio::spawn(SqliteStore::open(path.clone()))).collect();
    let mut stores = Vec::new();
    for store in opening {
        stores.push(store.await.unwrap().unwrap());
    }
    let ada = furnished(&stores[0], "ada").await;
    assert_eq!(stores[11].account("ada").await.unwrap(), Some(ada));
    assert!(stores[11].delete_account("ada").await.unwrap());
    assert!(!has_token(&stores[0], "ada-token-1").await, "nothing is cached, unless it is asked for");
}

#[test]
fn a_store_may_go_after_its_runtime() {
    let path = file("runtime");
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    let store = first.block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        make(&store, "ada").await;
        store
    });
    drop(first);
    assert!(second.block_on(store.account("ada")).unwrap().is_some());
    drop(second);
    drop(store);
    assert!(
        runtime().block_on(async { SqliteStore::open(path).await.unwrap().account("ada").await }).unwrap().is_some()
    );
}

#[tokio::test]
async fn the_tables_of_a_newer_program_are_left_alone() {
    let path = file("too-new");
    run_sql(&path, "CREATE TABLE theirs (id); PRAGMA user_version = 4711").await;
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(matches!(error, OpenError::TooNew { found: 4711, known } if known < 4711), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("4711") && text.contains("use a newer program"), "{text}");
    run_sql(&path, "SELECT id FROM theirs; CREATE TABLE auth_account (id)").await;
}

#[tokio::test]
async fn a_file_that_is_refused_is_as_it_was() {
    for sql in [
        "CREATE TABLE theirs (id); PRAGMA user_version = 4711",
        "CREATE TABLE account (theirs TEXT)",
        "CREATE TABLE auth_account (theirs TEXT)",
        "CREATE TABLE auth_replay (theirs TEXT); INSERT INTO auth_replay VALUES ('x')",
        "CREATE TABLE account (theirs TEXT); PRAGMA user_version = 1",
    ] {
        let path = file("refused");
        run_sql(&path, sql).await;
        let before = std::fs::read(&path).unwrap();
        SqliteStore::open(&path).await.unwrap_err();
        assert!(std::fs::read(&path).unwrap() == before, "{sql}");
    }
}

#[tokio::test]
async fn a_database_of_something_else_is_not_touched() {
    let path = file("foreign");
    run_sql(&path, "CREATE TABLE auth_account (theirs TEXT); INSERT INTO auth_account VALUES ('x')").await;
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(matches!(error, OpenError::Migrate(_)), "{error:?}");
    assert!(error.to_string().contains("auth_account"), "{error}");
    run_sql(&path, "SELECT theirs FROM auth_account; CREATE TABLE account (theirs); CREATE TABLE auth_login (x)").await;
}

#[tokio::test]
async fn what_cannot_be_committed_is_an_error_and_not_done() {
    let path = file("commit");
    let store = SqliteStore::open(&path).await.unwrap();
    furnished(&store, "ada").await;
    // Its constraints are looked at when a transaction ends, as a full disk is.
    run_sql(
        &path,
        "CREATE TABLE theirs (
            account INTEGER REFERENCES auth_account (id) DEFERRABLE INITIALLY DEFERRED,
            login INTEGER REFERENCES auth_login (id) DEFERRABLE INITIALLY DEFERRED
         );
         INSERT INTO theirs SELECT account_id, id FROM auth_login",
    )
    .await;
    store.end_login(&digest("ada-login-1")).await.unwrap_err();
    store.delete_account("ada").await.unwrap_err();
    store.set_active("ada", false).await.unwrap_err();
    assert_eq!(left(&store, "ada").await, ALL);
    assert!(store.account("ada").await.unwrap().unwrap().is_active);
}

#[tokio::test]
async fn writes_work_again_after_the_database_undid_a_transaction() {
    let path = file("undone");
    let store = SqliteStore::open(&path).await.unwrap();
    let ada = make(&store, "ada").await;
    // As it does by itself when the disk is full.
    run_sql(&path, "CREATE TRIGGER full BEFORE INSERT ON auth_login BEGIN SELECT RAISE(ROLLBACK, 'full'); END").await;
    let attempts = |from: usize| {
        let attempts = (from..from + 16).map(|n| {
            let (store, ada) = (store.clone(), ada.clone());
            tokio::spawn(async move { store.insert_login(&ada, crate::given::cookie(&format!("login-{n}"))).await })
        });
        attempts.collect::<Vec<_>>()
    };
    for attempt in attempts(0) {
        attempt.await.unwrap().unwrap_err();
    }
    run_sql(&path, "DROP TRIGGER full").await;
    for attempt in attempts(16) {
        attempt.await.unwrap().unwrap().kept().unwrap();
    }
    assert_eq!(store.logins(&ada).await.unwrap().len(), 16);
}

#[tokio::test]
async fn a_call_ends_while_another_program_holds_the_file() {
    let path = file("held");
    let options = StoreOptions::default().with_call_timeout(std::time::Duration::from_millis(400));
    let store = SqliteStore::open_with(&path, options).await.unwrap();
    let ada = make(&store, "ada").await;
    let mut other = connect(&path).await;
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    store.insert_login(&ada, crate::given::cookie("login")).await.unwrap_err();
    assert!(!store.end_login(&digest("login")).await.is_ok_and(|ended| ended));
    assert_eq!(store.account("ada").await.unwrap(), Some(ada.clone()), "reads go on");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    store.insert_login(&ada, crate::given::cookie("login")).await.unwrap().kept().unwrap();
    other.close().await.unwrap();
}

#[tokio::test]
async fn what_is_of_a_past_epoch_is_nothing() {
    let path = file("epochs");
    let store = SqliteStore::open(&path).await.unwrap();
    furnished(&store, "ada").await;
    furnished(&store, "bob").await;
    run_sql(&path, "UPDATE auth_account SET epoch = epoch + 1 WHERE username = 'ada'").await;
    assert!(left(&store, "ada").await.is_empty());
    let ada = store.account("ada").await.unwrap().unwrap();
    assert!(store.logins(&ada).await.unwrap().is_empty() && store.tokens(&ada).await.unwrap().is_empty());
    assert!(store.set_password_hash("ada", Some("new"), Keep { login: None, personal_tokens: true }).await.unwrap());
    assert!(left(&store, "ada").await.is_empty(), "and nobody keeps it");
    assert_eq!(left(&store, "bob").await, ALL);
}

#[tokio::test]
async fn rows_in_any_number_and_far_apart_are_swept() {
    let path = file("sweep");
    let store = SqliteStore::open(&path).await.unwrap();
    let ada = make(&store, "ada").await;
    run_sql(
        &path,
        "WITH RECURSIVE n (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n < 12000)
         INSERT INTO auth_token (id, account_id, epoch, client, digest, name, created, expires)
         SELECT n * 1000000, 1, 0, '', randomblob(32), '', 0, iif(n % 3 = 0, NULL, 1) FROM n",
    )
    .await;
    let swept = store.sweep(NOW).await.unwrap();
    assert_eq!((swept.tokens, store.tokens(&ada).await.unwrap().len()), (8_000, 4_000));
}

/// The tables as the first released step made them.
const FIRST_STEP: &str = "
    CREATE TABLE account (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        username TEXT NOT NULL UNIQUE,
        password_hash TEXT,
        is_active INTEGER NOT NULL,
        is_staff INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE token (
        id INTEGER PRIMARY KEY,
        account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        digest BLOB NOT NULL UNIQUE,
        created INTEGER NOT NULL,
        expires INTEGER
    ) STRICT;
    CREATE INDEX token_account ON token (account_id);
    CREATE TABLE login (
        id INTEGER PRIMARY KEY,
        account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        digest BLOB NOT NULL UNIQUE,
        created INTEGER NOT NULL,
        last_used INTEGER NOT NULL,
        csrf_secret TEXT
    ) STRICT;
    CREATE INDEX login_account ON login (account_id);
    PRAGMA user_version = 1;
    INSERT INTO account (username, password_hash, is_active, is_staff)
        VALUES ('ada', 'old', 1, 1), ('bob', NULL, 0, 0), ('gone', NULL, 1, 0);
    DELETE FROM account WHERE username = 'gone';
";

#[tokio::test]
async fn a_file_of_the_first_step_keeps_its_accounts_tokens_and_logins() {
    let path = file("first-step");
    run_sql(&path, FIRST_STEP).await;
    let mut connection = connect(&path).await;
    let millis = |time: std::time::Duration| i64::try_from(time.as_millis()).unwrap();
    for (id, text, expires) in [(5, "forever", None), (9, "short", Some(NOW + seconds(60)))] {
        sqlx::query("INSERT INTO token (id, account_id, digest, created, expires) VALUES ($1, 1, $2, $3, $4)")
            .bind(id)
            .bind(Digest::of(text.as_bytes()).as_bytes().as_slice())
            .bind(millis(NOW))
            .bind(expires.map(millis))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    sqlx::query(
        "INSERT INTO login (id, account_id, digest, created, last_used, csrf_secret) VALUES (7, 1, $1, $2, $3, 'x')",
    )
    .bind(digest("login").as_bytes().as_slice())
    .bind(millis(NOW))
    .bind(millis(NOW + seconds(5)))
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();

    for _ in 0..2 {
        let store = SqliteStore::open(&path).await.unwrap();
        let ada = store.account("ada").await.unwrap().unwrap();
        assert_eq!((ada.id, ada.is_active, ada.is_staff), (1, true, true));
        let bob = store.account("bob").await.unwrap().unwrap();
        assert_eq!((bob.id, bob.is_active, bob.is_staff), (2, false, false));
        assert_eq!(crate::given::hash_of(&store, "ada").await.as_deref(), Some("old"));
        let token = find_token(&store, "short").await.unwrap();
        assert_eq!((token.user, token.token.id), (ada.clone(), 9.into()));
        assert_eq!((token.token.created, token.token.expires), (NOW, Some(NOW + seconds(60))));
        assert_eq!((token.token.login, token.token.client.as_str(), token.token.last_used), (None, "", None));
        assert_eq!(find_token(&store, "forever").await.unwrap().token.expires, None);
        assert_eq!(store.tokens(&ada).await.unwrap().len(), 2);
        let login = find_login(&store, "login").await.unwrap();
        assert_eq!((login.user, login.login.id, login.csrf_secret.as_deref()), (ada.clone(), 7.into(), Some("x")));
        assert_eq!((login.login.created, login.login.last_used), (NOW, NOW + seconds(5)));
        let rules = auth_runtime::store::Client::default();
        assert_eq!(login.login.client, rules.name());
        assert_eq!(login.login.idle_timeout, *rules.idle_lifetime());
        assert_eq!(login.login.expires, rules.absolute_lifetime().map(|lifetime| NOW + lifetime));
        assert_eq!(store.logins(&ada).await.unwrap().len(), 1);
        store.close().await;
    }
    let store = SqliteStore::open(&path).await.unwrap();
    let next = make(&store, "next").await;
    assert_eq!(next.id, 4, "an id that was given once is not given again");
    assert!(!["5", "9"].contains(&keep(&store, &next, token("new")).await.id.to_string().as_str()));
    assert!(store.set_active("ada", false).await.unwrap());
    assert!(find_login(&store, "login").await.is_none() && find_token(&store, "forever").await.is_none());
}

#[tokio::test]
async fn a_file_of_the_first_step_has_the_tables_of_a_new_one() {
    let (old, new) = (file("old-schema"), file("new-schema"));
    run_sql(&old, FIRST_STEP).await;
    let mut schemas = Vec::new();
    for path in [&old, &new] {
        SqliteStore::open(path).await.unwrap().close().await;
        let mut connection = connect(path).await;
        let rows = sqlx::query("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        schemas.push(rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>());
        let broken = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await.unwrap();
        assert!(broken.is_empty());
    }
    assert_eq!(schemas[0], schemas[1]);
}

#[tokio::test]
async fn names_of_an_older_file_are_normalized_and_searched_for() {
    let path = file("old-names");
    SqliteStore::open(&path).await.unwrap().close().await;
    run_sql(
        &path,
        "DROP INDEX auth_account_new_skeleton; DROP INDEX auth_account_skeleton; \
         ALTER TABLE auth_account DROP COLUMN skeleton; ALTER TABLE auth_account DROP COLUMN may_look_alike; \
         PRAGMA user_version = 4",
    )
    .await;
    let mut connection = connect(&path).await;
    let insert = insert_old("1", "0");
    sqlx::raw_sql(sqlx::AssertSqlSafe(insert)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    old_names_are_found(&SqliteStore::open(&path).await.unwrap()).await;
}

#[tokio::test]
async fn what_is_no_database_is_an_error_with_words() {
    let text = file("text");
    let content = "this is a text file, and long enough to be more than the header of a database would be.\n".repeat(9);
    std::fs::write(&text, &content).unwrap();
    let folder = text.parent().unwrap().to_owned();
    let missing = folder.join("missing").join("auth.db");
    for (path, words) in [(&text, "not a database"), (&folder, "unable to open"), (&missing, "unable to open")] {
        let error = SqliteStore::open(path).await.unwrap_err();
        assert!(matches!(error, OpenError::Open(_)), "{error:?}");
        let said = error.to_string();
        assert!(said.starts_with("the database cannot be opened: ") && said.contains(words), "{said}");
        assert!(std::error::Error::source(&error).is_some());
    }
    assert_eq!(std::fs::read_to_string(&text).unwrap(), content);
    assert!(!missing.exists());
}

#[tokio::test]
async fn a_path_is_a_path_whatever_letters_it_has() {
    let folder = file("letters").parent().unwrap().to_owned();
    for name in ["a b.db", "é.db", "a?mode=memory", "a#b", "100%41.db", "file:x"] {
        let path = folder.join(name);
        let store = SqliteStore::open(&path).await.unwrap();
        furnished(&store, "ada").await;
        store.close().await;
        assert!(std::fs::metadata(&path).unwrap().len() > 0, "{name}");
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 6);
}

#[tokio::test]
async fn a_path_that_sqlite_reads_otherwise_is_one_database_or_an_error() {
    for path in [":memory:", ""] {
        let Ok(store) = SqliteStore::open(path).await else { continue };
        furnished(&store, "ada").await;
        let reads: Vec<_> = (0..30)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.account("ada").await.is_ok_and(|ada| ada.is_some()) })
            })
            .collect();
        for read in reads {
            assert!(read.await.unwrap(), "{path:?}: a connection has a database of its own");
        }
    }
}

#[tokio::test]
async fn a_memory_database_lasts_as_long_as_its_store() {
    let store = SqliteStore::in_memory().await.unwrap();
    furnished(&store, "ada").await;
    let reads = (0..30).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { has_token(&store, "ada-token-1").await })
    });
    for read in reads.collect::<Vec<_>>() {
        assert!(read.await.unwrap());
    }
    let other = SqliteStore::in_memory().await.unwrap();
    assert_eq!(other.account("ada").await.unwrap(), None);
    assert!(other.create_account(&NewAccount::new("ada")).await.unwrap().is_ok());
    assert_eq!(left(&store, "ada").await, ALL);
}
