//! Where the databases are: [`Places`].

use std::path::PathBuf;
use std::time::Duration;
use std::{fs, io};

use auth_runtime::Clock;
use auth_store::{AnyStore, RedisStore};

use crate::fill::{self, Filling};

/// A store, as a program uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One file.
    Sqlite,
    /// A server.
    Postgres,
    /// Logins in Redis, accounts in a file.
    RedisOverSqlite,
    /// Logins in Redis, accounts on a server.
    RedisOverPostgres,
}

impl Kind {
    /// All of them, and what they are called.
    pub const ALL: [(Self, &str); 4] = [
        (Self::Sqlite, "SQLite"),
        (Self::Postgres, "PostgreSQL"),
        (Self::RedisOverSqlite, "Redis before SQLite"),
        (Self::RedisOverPostgres, "Redis before PostgreSQL"),
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).expect("all are there").1
    }

    fn is_over_file(self) -> bool {
        matches!(self, Self::Sqlite | Self::RedisOverSqlite)
    }

    fn is_before_another(self) -> bool {
        matches!(self, Self::RedisOverSqlite | Self::RedisOverPostgres)
    }
}

/// A store that was opened.
pub enum Opened {
    /// Everything in SQL.
    Sql(AnyStore),
    /// Logins in Redis.
    Redis(RedisStore<AnyStore>),
}

/// The folder and the servers.
pub struct Places {
    /// The folder of the SQLite files.
    pub folder: PathBuf,
    /// The address of a database of the PostgreSQL server.
    pub postgres: String,
    /// The address of the Redis server.
    pub redis: String,
    /// When all rows were made, since the Unix epoch.
    pub since: Duration,
    /// The time after which no row was used yet.
    pub unused_after: Duration,
}

/// Rows are made anew when they are so old: a login ends when it was unused for two weeks.
const OLD: Duration = Duration::from_secs(10 * 86_400);

impl Places {
    /// The places, and whether what is there is too old, or has no known age.
    pub fn new(folder: PathBuf, postgres: String, redis: String) -> (Self, bool) {
        let now = Duration::from_secs(Clock::system().now().as_secs());
        fs::create_dir_all(&folder).expect("a folder");
        let times = fs::read_to_string(folder.join("times")).unwrap_or_default();
        let times: Vec<u64> = times.split_whitespace().filter_map(|time| time.parse().ok()).collect();
        let times = if let [since, unused] = times[..] { Some([since, unused].map(Duration::from_secs)) } else { None };
        match times {
            Some([since, unused_after]) if unused_after < since + OLD => {
                (Self { folder, postgres, redis, since, unused_after }, false)
            }
            _ => {
                let places = Self { folder, postgres, redis, since: now, unused_after: now };
                (places, true)
            }
        }
    }

    /// Remembers until when rows were used.
    pub fn used_until(&mut self, now: Duration) {
        self.unused_after = self.unused_after.max(now);
        let times = format!("{} {}\n", self.since.as_secs(), self.unused_after.as_secs() + 1);
        fs::write(self.folder.join("times"), times).expect("the folder can be written");
    }

    /// The SQLite file of so many.
    pub fn file(&self, size: u64) -> PathBuf {
        self.folder.join(format!("{size}.sqlite"))
    }

    /// The name of the PostgreSQL database of so many.
    pub fn database(size: u64) -> String {
        format!("scale_{size}")
    }

    /// The number of the Redis database of so many: how many zeros they have.
    pub fn number(size: u64) -> u32 {
        size.ilog10()
    }

    /// Makes the databases of so many that these stores need, and checks what it made. Those that are there stay, unless all
    /// are to be made anew.
    pub async fn furnish(&self, kinds: &[Kind], size: u64, anew: bool) {
        let filling = Filling::new(size, self.since).await;
        let (file, database) = (self.file(size), Self::database(size));
        let mut redis = fill::redis::connect(&self.redis, Self::number(size)).await;
        if anew {
            for suffix in ["sqlite", "sqlite-wal", "sqlite-shm"] {
                drop(fs::remove_file(file.with_extension(suffix)));
            }
            fill::postgres::remove(&self.postgres, &database).await;
            fill::redis::remove(&mut redis).await;
        }
        let mut filled = Vec::new();
        if kinds.iter().any(|kind| kind.is_over_file()) && !file.exists() {
            eprintln!("Filling {} ..", file.display());
            fill::sqlite::fill(&file, &filling).await;
            filled.push(Kind::Sqlite);
        }
        if kinds.iter().any(|kind| !kind.is_over_file()) && !fill::postgres::is_there(&self.postgres, &database).await {
            eprintln!("Filling PostgreSQL with {size} ..");
            fill::postgres::fill(&self.postgres, &database, &filling).await;
            filled.push(Kind::Postgres);
        }
        let before: Vec<Kind> = kinds.iter().copied().filter(|kind| kind.is_before_another()).collect();
        if !before.is_empty() && fill::redis::bytes(&mut redis, size).await.is_none() {
            eprintln!("Filling Redis with {size} ..");
            fill::redis::fill(&mut redis, &filling).await;
            filled.extend(before);
        }
        // What was measured before is not as it was filled in: it has been used since.
        for kind in filled {
            match self.open(kind, size).await {
                Opened::Sql(store) => fill::check::check(&store, None, size, self.since).await,
                Opened::Redis(store) => fill::check::check(&store, Some(&mut redis), size, self.since).await,
            }
        }
    }

    /// Reads the databases of so many into memory: what is measured is how deep they are, and no disk.
    pub async fn read(&self, kinds: &[Kind], size: u64) {
        if kinds.iter().any(|kind| kind.is_over_file()) {
            let mut file = fs::File::open(self.file(size)).expect("the file");
            io::copy(&mut file, &mut io::sink()).expect("the file can be read");
        }
        if kinds.iter().any(|kind| !kind.is_over_file()) {
            fill::postgres::read(&self.postgres, &Self::database(size)).await;
        }
    }

    /// Opens a store as a program does.
    pub async fn open(&self, kind: Kind, size: u64) -> Opened {
        let address = if kind.is_over_file() {
            self.file(size).to_str().expect("a path of text").to_owned()
        } else {
            fill::postgres::beside(&self.postgres, &Self::database(size))
        };
        let store = AnyStore::open(&address).await.expect("the database");
        if !kind.is_before_another() {
            return Opened::Sql(store);
        }
        let redis = format!("{}/{}", self.redis, Self::number(size));
        Opened::Redis(RedisStore::open(store, &redis).await.expect("the server"))
    }

    /// How many bytes the database takes: on disk, or in the memory of Redis.
    pub async fn bytes(&self, kind: Kind, size: u64) -> u64 {
        match kind {
            Kind::Sqlite => fs::metadata(self.file(size)).map_or(0, |file| file.len()),
            Kind::Postgres => fill::postgres::bytes(&self.postgres, &Self::database(size)).await,
            Kind::RedisOverSqlite | Kind::RedisOverPostgres => {
                let mut redis = fill::redis::connect(&self.redis, Self::number(size)).await;
                fill::redis::bytes(&mut redis, size).await.unwrap_or(0)
            }
        }
    }

    /// What databases these are.
    pub async fn versions(&self) -> String {
        let sqlite = fill::sqlite::version().await;
        let postgres = fill::postgres::version(&self.postgres).await;
        let redis = fill::redis::version(&mut fill::redis::connect(&self.redis, 0).await).await;
        format!("SQLite {sqlite}, PostgreSQL {postgres}, Redis {redis}")
    }
}
