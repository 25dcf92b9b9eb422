//! The `quickstart` program as a child process.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder that is gone with the value.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("quickstart-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The address of a database of its own: a SQLite file, or with `QUICKSTART_ON=postgres` one on the server that
    /// `AUTH_TEST_POSTGRES` names.
    pub(crate) fn database(&self) -> String {
        if is_on_postgres() {
            self.postgres_database()
        } else {
            self.join("quickstart.sqlite").to_str().unwrap().to_owned()
        }
    }

    /// The address of a database of its own on the server that `AUTH_TEST_POSTGRES` names.
    pub(crate) fn postgres_database(&self) -> String {
        let server = std::env::var("AUTH_TEST_POSTGRES");
        let server = server.expect("AUTH_TEST_POSTGRES names no server: use `bash .ci/services run ..`");
        let (server, _) = server.rsplit_once('/').unwrap();
        let name = self.0.file_name().unwrap().to_str().unwrap().replace('-', "_");
        if !self.join("made").exists() {
            postgres(server, format!("CREATE DATABASE {name}"));
            File::create(self.join("made")).unwrap();
        }
        format!("{server}/{name}")
    }

    /// What programs that were started here wrote to their standard error.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.join("stderr")).unwrap_or_default()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

pub(crate) fn is_on_postgres() -> bool {
    match std::env::var("QUICKSTART_ON").as_deref() {
        Ok("postgres") => true,
        Ok(other) => panic!("QUICKSTART_ON is {other:?}, and can be \"postgres\" alone"),
        Err(_) => false,
    }
}

/// Runs a statement on the server's own database.
fn postgres(server: &str, statement: String) {
    use sqlx::Connection;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = sqlx::PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

/// The executable, built on the first call.
pub(crate) fn program() -> &'static Path {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    PROGRAM.get_or_init(build).as_deref().expect("quickstart can be built")
}

fn build() -> Option<PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "quickstart", "--message-format", "json-render-diagnostics"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo can be started");
    let messages = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<serde_json::Value>();
    let executables = messages.filter_map(|message| Some(message.ok()?["executable"].as_str()?.into()));
    executables.last().filter(|_| output.status.success())
}

/// A command that runs the program on a free port, with its errors in `folder`.
pub(crate) fn command(folder: &Folder, database: impl AsRef<OsStr>) -> Command {
    let errors = File::options().create(true).append(true).open(folder.join("stderr")).unwrap();
    let mut command = Command::new(program());
    command.arg("--database").arg(database.as_ref()).env("QUICKSTART_LISTEN", "127.0.0.1:0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
    command
}

/// A server that runs; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
    /// What it prints to try.
    pub(crate) printed: String,
}

impl Server {
    /// Starts the program and waits until it serves.
    pub(crate) fn start(folder: &Folder) -> Self {
        Self::start_on(folder, &folder.database())
    }

    /// The same on this database.
    pub(crate) fn start_on(folder: &Folder, database: &str) -> Self {
        Self::run(folder, command(folder, database).arg("--verbose"))
    }

    /// Runs this command until it serves.
    pub(crate) fn run(folder: &Folder, command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut printed = String::new();
        while !printed.contains("/staff\n") {
            let read = output.read_line(&mut printed).unwrap();
            assert!(read > 0, "quickstart ended: {}", folder.log());
        }
        let address = printed.strip_prefix("Listening on http://").and_then(|rest| rest.split(',').next());
        let address = address.and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("no address in {printed}"));
        Self { child, output, address, printed }
    }

    /// Sends SIGTERM.
    #[cfg(unix)]
    pub(crate) fn ask_to_stop(&self) {
        let kill = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(kill.success(), "kill: {kill}");
    }

    /// Ends the program at once, as a power cut or the kernel does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end: the status, and what the program printed last.
    pub(crate) fn wait_for_end(mut self) -> (ExitStatus, String) {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap(), rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
