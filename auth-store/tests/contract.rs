//! What every store promises, asked of each of them; and what a SQLite file promises besides.

#![allow(clippy::unwrap_used)] // tests panic

use std::fmt::Debug;
use std::time::Duration;

use auth_runtime::Digest;
use auth_runtime::store::{
    Backend, LoginStore, NewLogin, NewToken, PasswordStore, RemoteUserStore, StoreResult, TokenStore,
};
use auth_store::{Account, MemoryStore, NewAccount};

/// What the stores of this crate have in common beyond the runtime's traits.
trait Store: Backend<User = Account> + PasswordStore + TokenStore + LoginStore + RemoteUserStore + Clone + Debug {
    async fn create(&self, account: &NewAccount) -> StoreResult<Account>;
    async fn named(&self, username: &str) -> Option<Account>;
    async fn activate(&self, username: &str, is_active: bool) -> bool;
    async fn change_password(&self, username: &str, hash: Option<&str>) -> bool;
    async fn delete(&self, username: &str) -> bool;
    async fn revoke(&self, username: &str) -> u64;
    async fn tokens(&self) -> u64;
}

impl Store for MemoryStore {
    async fn create(&self, account: &NewAccount) -> StoreResult<Account> {
        self.create_account(account)
    }

    async fn named(&self, username: &str) -> Option<Account> {
        self.account(username).unwrap()
    }

    async fn activate(&self, username: &str, is_active: bool) -> bool {
        self.set_active(username, is_active).unwrap()
    }

    async fn change_password(&self, username: &str, hash: Option<&str>) -> bool {
        self.set_password_hash(username, hash.map(str::to_owned)).unwrap()
    }

    async fn delete(&self, username: &str) -> bool {
        self.delete_account(username).unwrap()
    }

    async fn revoke(&self, username: &str) -> u64 {
        self.revoke_tokens(username).unwrap().try_into().unwrap()
    }

    async fn tokens(&self) -> u64 {
        self.token_count().unwrap().try_into().unwrap()
    }
}

const NOW: Duration = Duration::from_millis(1_800_000_000_123);

fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

fn token(text: &str) -> NewToken {
    NewToken { digest: digest(text), created: NOW, expires: None }
}

fn login(text: &str) -> NewLogin {
    NewLogin { digest: digest(text), created: NOW, csrf_secret: Some("secret".to_owned()) }
}

/// An account with a password, two tokens and two logins.
async fn furnished(store: &impl Store, username: &str) -> Account {
    let account = store.create(&NewAccount::new(username).with_password_hash("old")).await.unwrap();
    for n in [1, 2] {
        store.insert_token(&account, token(&format!("{username}-token-{n}"))).await.unwrap();
        store.insert_login(&account, login(&format!("{username}-login-{n}"))).await.unwrap();
    }
    account
}

async fn has_token(store: &impl Store, text: &str) -> bool {
    store.find_token(&digest(text)).await.unwrap().is_some()
}

async fn has_login(store: &impl Store, text: &str) -> bool {
    store.find_login(&digest(text)).await.unwrap().is_some()
}

async fn hash_of(store: &impl Store, username: &str) -> Option<String> {
    store.find_by_username(username).await.unwrap().unwrap().hash
}

async fn accounts_are_found_as_they_were_made(store: impl Store) {
    let made = NewAccount::new("Ada é 🔑").with_password_hash("hash").active(false).staff(true);
    let ada = store.create(&made).await.unwrap();
    let wanted = Account { id: ada.id, username: "Ada é 🔑".to_owned(), is_active: false, is_staff: true };
    assert_eq!(ada, wanted);
    assert_eq!(store.named("Ada é 🔑").await, Some(wanted.clone()));
    assert_eq!(store.remote_user("Ada é 🔑").await.unwrap(), Some(wanted.clone()));
    let record = store.find_by_username("Ada é 🔑").await.unwrap().unwrap();
    assert_eq!((record.user, record.hash.as_deref()), (wanted, Some("hash")));

    let plain = store.create(&NewAccount::new("plain")).await.unwrap();
    assert_eq!((plain.is_active, plain.is_staff), (true, false));
    assert_eq!(hash_of(&store, "plain").await, None);
    assert_ne!(plain.id, ada.id);

    assert!(store.activate("Ada é 🔑", true).await);
    assert!(store.named("Ada é 🔑").await.unwrap().is_active);
    assert!(!store.activate("nobody", true).await);
}

async fn names_are_unique_and_exact(store: impl Store) {
    store.create(&NewAccount::new("ada").with_password_hash("first")).await.unwrap();
    assert!(store.create(&NewAccount::new("ada").with_password_hash("second")).await.is_err());
    assert_eq!(hash_of(&store, "ada").await.as_deref(), Some("first"));
    for other in ["Ada", "ada ", " ada", "", "ad", "ada%", "a_a", "ada\0", "ada\0x", "'ada'", "ada' OR '1'='1"] {
        assert_eq!(store.named(other).await, None, "{other:?}");
        assert!(store.find_by_username(other).await.unwrap().is_none(), "{other:?}");
        assert_eq!(store.remote_user(other).await.unwrap(), None, "{other:?}");
        assert!(!store.delete(other).await && !store.activate(other, false).await, "{other:?}");
    }
    store.create(&NewAccount::new("Ada")).await.unwrap();
    assert_ne!(store.named("Ada").await, store.named("ada").await);
}

async fn an_id_is_never_given_twice(store: impl Store) {
    let first = store.create(&NewAccount::new("first")).await.unwrap();
    let last = store.create(&NewAccount::new("last")).await.unwrap();
    assert!(store.delete("last").await);
    let next = store.create(&NewAccount::new("next")).await.unwrap();
    assert!(next.id != last.id && next.id != first.id, "{} was {}'s", next.id, last.username);
}

async fn tokens_are_found_by_their_digest(store: impl Store) {
    let ada = furnished(&store, "ada").await;
    let expires = Some(NOW + Duration::from_millis(7));
    let made = NewToken { expires, ..token("short") };
    let made = store.insert_token(&ada, made).await.unwrap();
    let found = store.find_token(&digest("short")).await.unwrap().unwrap();
    assert_eq!((found.user, found.token.clone()), (ada.clone(), made));
    assert_eq!((found.token.created, found.token.expires), (NOW, expires), "to the millisecond");
    assert_eq!(store.find_token(&digest("ada-token-1")).await.unwrap().unwrap().token.expires, None);
    assert!(!has_token(&store, "other").await);
    assert!(!has_token(&store, "ada-login-1").await, "a login is no token");
    assert!(store.insert_token(&ada, token("short")).await.is_err(), "a digest stands once");
    let forever = NewToken { expires: Some(Duration::MAX), ..token("forever") };
    store.insert_token(&ada, forever).await.unwrap();
    let forever = store.find_token(&digest("forever")).await.unwrap().unwrap().token;
    assert!(forever.expires.unwrap() > NOW + Duration::from_secs(100 * 365 * 86_400), "{forever:?}");
}

async fn revoking_takes_the_tokens_of_one_account(store: impl Store) {
    furnished(&store, "ada").await;
    furnished(&store, "bob").await;
    assert_eq!(store.tokens().await, 4);
    assert_eq!(store.revoke("ada").await, 2);
    assert_eq!(store.revoke("ada").await, 0);
    assert_eq!(store.revoke("nobody").await, 0);
    assert_eq!(store.tokens().await, 2);
    assert!(!has_token(&store, "ada-token-1").await && has_token(&store, "bob-token-1").await);
    assert!(has_login(&store, "ada-login-1").await);
}

async fn logins_are_found_touched_and_ended(store: impl Store) {
    let ada = furnished(&store, "ada").await;
    let made = store.insert_login(&ada, login("new")).await.unwrap();
    assert_eq!((made.created, made.last_used), (NOW, NOW));
    let found = store.find_login(&digest("new")).await.unwrap().unwrap();
    assert_eq!((found.user, found.login), (ada.clone(), made.clone()));
    assert_eq!(found.csrf_secret.as_deref(), Some("secret"));
    store.insert_login(&ada, NewLogin { csrf_secret: None, ..login("bare") }).await.unwrap();
    assert_eq!(store.find_login(&digest("bare")).await.unwrap().unwrap().csrf_secret, None);

    let later = NOW + Duration::from_millis(90_001);
    store.touch_login(&digest("new"), later).await.unwrap();
    let touched = store.find_login(&digest("new")).await.unwrap().unwrap().login;
    assert_eq!((touched.created, touched.last_used, touched.id), (NOW, later, made.id));
    assert_eq!(store.find_login(&digest("bare")).await.unwrap().unwrap().login.last_used, NOW);
    store.touch_login(&digest("unknown"), later).await.unwrap();
    assert!(!has_login(&store, "unknown").await);

    assert!(store.end_login(&digest("new")).await.unwrap());
    assert!(!store.end_login(&digest("new")).await.unwrap());
    assert!(!has_login(&store, "new").await && has_login(&store, "bare").await);
    assert!(!has_login(&store, "ada-token-1").await, "a token is no login");
}

async fn a_login_is_never_taken_over_by_another_of_its_digest(store: impl Store) {
    furnished(&store, "ada").await;
    let bob = furnished(&store, "bob").await;
    assert!(store.insert_login(&bob, login("ada-login-1")).await.is_err());
    assert_eq!(store.find_login(&digest("ada-login-1")).await.unwrap().unwrap().user.username, "ada");
}

async fn a_deleted_account_takes_everything_along(store: impl Store) {
    let ada = furnished(&store, "ada").await;
    furnished(&store, "bob").await;
    assert!(store.delete("ada").await);
    assert!(!store.delete("ada").await);
    assert_eq!(store.named("ada").await, None);
    for n in [1, 2] {
        assert!(!has_token(&store, &format!("ada-token-{n}")).await);
        assert!(!has_login(&store, &format!("ada-login-{n}")).await);
        assert!(has_token(&store, &format!("bob-token-{n}")).await);
        assert!(has_login(&store, &format!("bob-login-{n}")).await);
    }
    assert_eq!(store.tokens().await, 2);
    store.touch_login(&digest("ada-login-1"), NOW).await.unwrap();
    store.upgrade_hash(&ada, "old", "new").await.unwrap();
    assert_eq!(store.named("ada").await, None);
}

async fn a_deleted_account_gets_nothing_new(store: impl Store) {
    let ada = furnished(&store, "ada").await;
    store.delete("ada").await;
    assert!(store.insert_token(&ada, token("late")).await.is_err());
    assert!(store.insert_login(&ada, login("late")).await.is_err());
    assert_eq!(store.tokens().await, 0);
}

async fn a_new_password_ends_the_logins_and_leaves_the_tokens(store: impl Store) {
    furnished(&store, "ada").await;
    furnished(&store, "bob").await;
    assert!(store.change_password("ada", Some("new")).await);
    assert_eq!(hash_of(&store, "ada").await.as_deref(), Some("new"));
    assert!(!has_login(&store, "ada-login-1").await && !has_login(&store, "ada-login-2").await);
    assert!(has_token(&store, "ada-token-1").await);
    assert!(has_login(&store, "bob-login-1").await);
    assert!(store.change_password("ada", None).await);
    assert_eq!(hash_of(&store, "ada").await, None);
    assert!(!store.change_password("nobody", Some("new")).await);
    assert!(has_login(&store, "bob-login-2").await);
}

async fn an_upgrade_replaces_the_old_hash_alone_and_ends_no_login(store: impl Store) {
    let ada = furnished(&store, "ada").await;
    furnished(&store, "bob").await;
    store.upgrade_hash(&ada, "another", "new").await.unwrap();
    assert_eq!(hash_of(&store, "ada").await.as_deref(), Some("old"), "it was changed meanwhile");
    store.upgrade_hash(&ada, "old", "new").await.unwrap();
    assert_eq!(hash_of(&store, "ada").await.as_deref(), Some("new"));
    assert_eq!(hash_of(&store, "bob").await.as_deref(), Some("old"));
    assert!(has_login(&store, "ada-login-1").await);
    store.change_password("ada", None).await;
    store.upgrade_hash(&ada, "new", "newer").await.unwrap();
    assert_eq!(hash_of(&store, "ada").await, None, "a password that was taken away stays away");
}

async fn clones_share_everything(store: impl Store) {
    furnished(&store.clone(), "ada").await;
    assert!(has_token(&store, "ada-token-1").await);
    assert!(!format!("{store:?}").contains("ada"), "and none of it is shown");
}

/// The contract, asked of each store.
macro_rules! contract {
    ($($name:ident;)+) => {
        mod memory {
            $(#[tokio::test] async fn $name() {
                super::$name(super::MemoryStore::new()).await;
            })+
        }

        #[cfg(feature = "sqlite")]
        mod sqlite_in_memory {
            $(#[tokio::test] async fn $name() {
                super::$name(auth_store::SqliteStore::in_memory().await.unwrap()).await;
            })+
        }

        #[cfg(feature = "sqlite")]
        mod sqlite_file {
            $(#[tokio::test] async fn $name() {
                let path = super::sqlite::file(stringify!($name));
                super::$name(auth_store::SqliteStore::open(&path).await.unwrap()).await;
            })+
        }
    };
}

contract! {
    accounts_are_found_as_they_were_made;
    names_are_unique_and_exact;
    an_id_is_never_given_twice;
    tokens_are_found_by_their_digest;
    revoking_takes_the_tokens_of_one_account;
    logins_are_found_touched_and_ended;
    a_login_is_never_taken_over_by_another_of_its_digest;
    a_deleted_account_takes_everything_along;
    a_deleted_account_gets_nothing_new;
    a_new_password_ends_the_logins_and_leaves_the_tokens;
    an_upgrade_replaces_the_old_hash_alone_and_ends_no_login;
    clones_share_everything;
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use std::path::{Path, PathBuf};

    use auth_store::{OpenError, SqliteStore};
    use sqlx::Connection;
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

    use super::{
        Account, Duration, LoginStore, NewAccount, StoreResult, TokenStore, digest, furnished, has_login, has_token,
        login, token,
    };

    impl super::Store for SqliteStore {
        async fn create(&self, account: &NewAccount) -> StoreResult<Account> {
            self.create_account(account).await
        }

        async fn named(&self, username: &str) -> Option<Account> {
            self.account(username).await.unwrap()
        }

        async fn activate(&self, username: &str, is_active: bool) -> bool {
            self.set_active(username, is_active).await.unwrap()
        }

        async fn change_password(&self, username: &str, hash: Option<&str>) -> bool {
            self.set_password_hash(username, hash.map(str::to_owned)).await.unwrap()
        }

        async fn delete(&self, username: &str) -> bool {
            self.delete_account(username).await.unwrap()
        }

        async fn revoke(&self, username: &str) -> u64 {
            self.revoke_tokens(username).await.unwrap()
        }

        async fn tokens(&self) -> u64 {
            self.token_count().await.unwrap().try_into().unwrap()
        }
    }

    /// The path of a file that is not there yet, in an empty folder of its own.
    pub(super) fn file(test: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("contract-{test}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder.join("auth.db")
    }

    async fn run_sql(path: &Path, sql: &'static str) {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
        bytes.windows(wanted.len()).any(|window| window == wanted)
    }

    #[tokio::test]
    async fn a_file_has_digests_and_never_a_token_or_a_cookie() {
        let path = file("digests");
        let store = SqliteStore::open(&path).await.unwrap();
        let ada = furnished(&store, "ada-lovelace").await;
        store.insert_token(&ada, token("gone")).await.unwrap();
        store.end_login(&digest("ada-lovelace-login-2")).await.unwrap();
        for is_closed in [false, true] {
            if is_closed {
                store.close().await;
            }
            let mut everything = Vec::new();
            for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
                everything.extend(std::fs::read(entry.unwrap().path()).unwrap());
            }
            assert!(contains(&everything, b"ada-lovelace"), "the scan sees what is there");
            assert!(contains(&everything, digest("ada-lovelace-token-1").as_bytes()));
            assert!(contains(&everything, digest("ada-lovelace-login-1").as_bytes()));
            for secret in ["ada-lovelace-token", "ada-lovelace-login"] {
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
        assert!(store.find_token(&digest("ada-token-1")).await.is_err(), "a closed store is an error and no answer");
        for _ in 0..3 {
            let store = SqliteStore::open(&path).await.unwrap();
            assert_eq!(store.account("ada").await.unwrap(), Some(ada.clone()));
            assert!(has_token(&store, "ada-token-1").await && has_login(&store, "ada-login-2").await);
            store.close().await;
        }
    }

    #[tokio::test]
    async fn a_file_may_be_opened_twice_at_once_even_while_it_is_made() {
        let path = file("at-once");
        let opened: Vec<_> = (0..8).map(|_| tokio::spawn(SqliteStore::open(path.clone()))).collect();
        let mut stores = Vec::new();
        for store in opened {
            stores.push(store.await.unwrap().unwrap());
        }
        let ada = furnished(&stores[0], "ada").await;
        assert_eq!(stores[7].account("ada").await.unwrap(), Some(ada));
        assert!(stores[7].delete_account("ada").await.unwrap());
        assert!(!has_token(&stores[0], "ada-token-1").await, "nothing is cached");
    }

    #[tokio::test]
    async fn the_tables_of_a_newer_program_are_left_alone() {
        let path = file("too-new");
        run_sql(&path, "CREATE TABLE theirs (id); PRAGMA user_version = 4711").await;
        let error = SqliteStore::open(&path).await.unwrap_err();
        assert!(matches!(error, OpenError::TooNew { found: 4711, known } if known < 4711), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("4711") && text.contains("use a newer program"), "{text}");
        run_sql(&path, "SELECT id FROM theirs; CREATE TABLE account (id)").await;
    }

    #[tokio::test]
    async fn a_file_that_is_refused_is_as_it_was() {
        for sql in ["CREATE TABLE theirs (id); PRAGMA user_version = 4711", "CREATE TABLE account (theirs TEXT)"] {
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
        run_sql(&path, "CREATE TABLE account (theirs TEXT); INSERT INTO account VALUES ('x')").await;
        let error = SqliteStore::open(&path).await.unwrap_err();
        assert!(matches!(error, OpenError::Migrate(_)), "{error:?}");
        assert!(error.to_string().contains("account already exists"), "{error}");
        run_sql(&path, "SELECT theirs FROM account; CREATE TABLE token (theirs); CREATE TABLE login (theirs)").await;
    }

    #[tokio::test]
    async fn what_is_no_database_is_an_error_with_words() {
        let text = file("text");
        let content =
            "this is a text file, and long enough to be more than the header of a database would be.\n".repeat(9);
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
    async fn a_new_file_is_opened_by_many_at_once() {
        let path = file("many");
        let opening: Vec<_> = (0..12).map(|_| tokio::spawn(SqliteStore::open(path.clone()))).collect();
        for store in opening {
            let store = store.await.unwrap().unwrap();
            assert_eq!(store.token_count().await.unwrap(), 0);
        }
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
    async fn many_inserts_at_once_all_arrive() {
        let path = file("parallel");
        let stores = [SqliteStore::open(&path).await.unwrap(), SqliteStore::open(&path).await.unwrap()];
        let ada = furnished(&stores[0], "ada").await;
        let tasks: Vec<_> = (0..50)
            .map(|n| {
                let (store, ada) = (stores[n % 2].clone(), ada.clone());
                tokio::spawn(async move {
                    store.insert_token(&ada, token(&format!("parallel-{n}"))).await.unwrap();
                    store.insert_login(&ada, login(&format!("parallel-{n}"))).await.unwrap();
                    store.create_account(&NewAccount::new(format!("account-{n}"))).await.unwrap().id
                })
            })
            .collect();
        let mut ids = std::collections::HashSet::new();
        for task in tasks {
            assert!(ids.insert(task.await.unwrap()));
        }
        assert_eq!(stores[0].token_count().await.unwrap(), 52);
        for n in 0..50 {
            assert!(has_token(&stores[1], &format!("parallel-{n}")).await, "{n}");
            assert!(has_login(&stores[0], &format!("parallel-{n}")).await, "{n}");
        }
    }

    #[tokio::test]
    async fn of_two_accounts_with_one_name_at_once_one_is_made() {
        let store = SqliteStore::open(file("race")).await.unwrap();
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.create_account(&NewAccount::new("ada")).await.is_ok() })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            made += u32::from(task.await.unwrap());
        }
        assert_eq!(made, 1);
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
        store.touch_login(&digest("ada-login-1"), Duration::from_secs(1)).await.unwrap();
    }
}
