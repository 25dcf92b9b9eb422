//! Runs the program, and asks the runtime what came of it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use auth_runtime::login::check_attempt;
use auth_runtime::scheme::Token;
use auth_runtime::settings::PasswordSettings;
use auth_runtime::store::AccessToken;
use auth_runtime::{AuthContext, AuthError, Authenticator as _, Clock, Outcome, Settings, TokenFormat};
use auth_store::{Account, AnyStore, Store};
use serde_json::Value;

/// What a run left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Its text, when it succeeded and said nothing else.
    #[track_caller]
    pub(crate) fn text(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{self:?}");
        self.out
    }

    /// Its document, when it succeeded and said nothing else.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    /// What it said, when it failed with this code and gave no answer.
    #[track_caller]
    pub(crate) fn failure(self, code: i32) -> String {
        assert_eq!((self.code, self.out.as_str()), (Some(code), ""), "{self:?}");
        assert!(self.err.ends_with('\n'), "{self:?}");
        self.err
    }
}

/// A folder with a database for one test.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) folder: PathBuf,
    pub(crate) database: String,
    pub(crate) redis: Option<String>,
}

impl Bench {
    /// `name` is that of the test.
    pub(crate) fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("auth-cli-{name}"));
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        let database = folder.join("auth.sqlite").into_os_string().into_string().unwrap();
        Self { folder, database, redis: None }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.join(name).into_os_string().into_string().unwrap()
    }

    /// The program, with this bench's database and nothing on its standard input.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_auth"));
        command.args(arguments).env("AUTH_DATABASE", &self.database).env_remove("AUTH_REDIS").env_remove("AUTH_APP");
        command.env_remove("AUTH_ROOT_SECRET").env_remove("AUTH_SEALING_KEY");
        if let Some(redis) = &self.redis {
            command.env("AUTH_REDIS", redis);
        }
        command.stdin(Stdio::null()).current_dir(&self.folder);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&self.command(arguments).output().unwrap())
    }

    /// With `input` on the standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Run {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It may have ended without reading.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Run::of(&child.wait_with_output().unwrap())
    }

    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[&["--json"], arguments].concat()).json()
    }

    /// Makes a user without a password.
    #[track_caller]
    pub(crate) fn user(&self, name: &str) {
        self.run(&["users", "create", name, "--no-password"]).text();
    }

    /// Makes a personal token.
    #[track_caller]
    pub(crate) fn token(&self, user: &str) -> String {
        let run = self.run(&["tokens", "create", user]);
        assert_eq!(run.code, Some(0), "{run:?}");
        run.out.trim_end().to_owned()
    }

    pub(crate) async fn store(&self) -> AnyStore {
        AnyStore::open(&self.database).await.unwrap()
    }

    /// The bytes of the database's files.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let files = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        let ours = files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("auth.sqlite"));
        ours.flat_map(|path| fs::read(path).unwrap()).collect()
    }

    /// Whether the database's files hold this text as it is.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.bytes().windows(text.len()).any(|window| window == text.as_bytes())
    }
}

/// What the scheme says of a request with this token. An application refuses an account that is not active.
pub(crate) async fn present<S: Store>(
    store: &S,
    token: &str,
    format: &TokenFormat,
) -> Result<(Account, AccessToken), AuthError> {
    let request = http::Request::builder().header("authorization", format!("Token {token}")).body(()).unwrap();
    let (parts, ()) = request.into_parts();
    match Token::DEFAULT.authenticate_in(&parts, store, format, &Clock::system()).await? {
        Outcome::Authenticated(account, token) => Ok((account, token)),
        _ => panic!("the scheme does not see the token"),
    }
}

/// The user of a token, where tokens of another form are accepted.
pub(crate) async fn user_of<S: Store>(store: &S, token: &str) -> Option<String> {
    let format = TokenFormat::default().with_foreign(true);
    let account = present(store, token, &format).await.ok()?.0;
    account.is_active.then_some(account.username)
}

/// Whether this is the user's password, as an application sees it.
pub(crate) async fn logs_in<S: Store + Clone>(store: &S, user: &str, password: &str) -> bool {
    let cheap = PasswordSettings::default().with_memory_kib(8).with_iterations(1);
    let context = AuthContext::with_settings(store.clone(), Settings::default().with_passwords(cheap));
    let (request, ()) = http::Request::new(()).into_parts();
    check_attempt(&context, &request, user, password).await.unwrap().is_some()
}
