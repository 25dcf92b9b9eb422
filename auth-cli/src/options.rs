//! The command line: what may be typed.

// What stands here is read at a terminal, not by rustdoc.
#![allow(clippy::doc_markdown, rustdoc::bare_urls)]

use std::path::PathBuf;

use auth_runtime::permission::is_codename;
use auth_runtime::store::KeyAlgorithm;
use auth_runtime::throttle::Limit;
use auth_runtime::{InvalidUsername, TrustedOrigin, Username};
use auth_store::OpenMode;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::filter::LevelFilter;

use crate::time::{Length, Lifetime};

/// What `auth --help` says besides the commands.
const MORE: &str = "\
Addresses:
  A SQLite file by its path, or postgres://user@host/name. Arguments can be read by every user of the machine: give an
  address that holds a password in the variable, never as an option.

  `migrate`, `import` and the commands that make a user, a group or a client create a missing database. Every command that
  changes something brings the tables up to date first. Commands that only show something change nothing.

Times and lengths:
  Times are RFC 3339 in UTC. Lengths are numbers with the units w, d, h, m and s, such as 30d or 1d12h.

Secrets of the application:
  Shared secrets of `auth keys` are kept sealed by a key that is derived from the root secret in the variable AUTH_ROOT_SECRET.
  The application has the same. `auth keys root` makes one. To replace it, put the new one before the old one, with a comma
  between, run `auth keys reseal`, and remove the old one.

  Applications without a root secret have a sealing key in AUTH_SEALING_KEY: 32 bytes as 64 hexadecimal digits or in base64, or
  several with commas between. If both variables are set, the root secret's key seals, and all open.

Exit codes:
  0  done
  1  the store failed, or the answer could not be written
  2  the command line, the configuration or what was typed is wrong
  3  there is no such user, group, permission, token, key, client or login, the name is taken, or the user has as many tokens
     as an account may have";

/// Administers the accounts, groups, tokens, keys, clients and logins of auth-store.
#[derive(Debug, Parser)]
#[command(name = "auth", version, after_long_help = MORE, propagate_version = true)]
pub(crate) struct Options {
    /// The database: the path of a SQLite file, or postgres://user@host/name.
    #[arg(long, global = true, value_name = "ADDRESS", env = "AUTH_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,

    /// The Redis that keeps the logins, where the application uses one: redis://host:6379/0.
    #[arg(long, global = true, value_name = "ADDRESS", env = "AUTH_REDIS", hide_env_values = true)]
    pub(crate) redis: Option<String>,

    /// Print one JSON document instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// What is logged to the standard error: off, error, warn, info (each change of an account), debug or trace.
    #[arg(long, global = true, value_name = "LEVEL", env = "AUTH_LOG", default_value = "warn")]
    pub(crate) log: LevelFilter,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create the database if it is missing, bring its tables up to date, and do nothing else.
    Migrate,
    /// Who may log in.
    #[command(subcommand)]
    Users(Users),
    /// Users who hold permissions together.
    #[command(subcommand)]
    Groups(Groups),
    /// Personal tokens, for programs.
    #[command(subcommand)]
    Tokens(Tokens),
    /// Keys with which users sign their requests: services, as a rule.
    #[command(subcommand)]
    Keys(Keys),
    /// What users log in with, and the rules that hold for it.
    #[command(subcommand)]
    Clients(Clients),
    /// Where users are logged in.
    #[command(subcommand)]
    Logins(Logins),
    /// Take over users and tokens from the database of a Django application.
    Import(Import),
    /// Delete logins and tokens that have expired.
    Sweep,
}

impl Command {
    /// What the command may do to the database before it runs.
    pub(crate) fn open_mode(&self) -> OpenMode {
        match self {
            Self::Users(Users::List { .. } | Users::Permissions { .. })
            | Self::Groups(Groups::List | Groups::Show { .. })
            | Self::Tokens(Tokens::List { .. })
            | Self::Keys(Keys::List { .. })
            | Self::Clients(Clients::List)
            | Self::Logins(Logins::List { .. })
            | Self::Import(Import { dry_run: true, .. }) => OpenMode::Check,
            Self::Migrate
            | Self::Users(Users::Create { .. })
            | Self::Groups(Groups::Create { .. })
            | Self::Clients(Clients::Set(_))
            | Self::Import(_) => OpenMode::Create,
            // Each acts on something that must be there already.
            Self::Users(_)
            | Self::Groups(_)
            | Self::Tokens(_)
            | Self::Keys(_)
            | Self::Clients(_)
            | Self::Logins(_)
            | Self::Sweep => OpenMode::Migrate,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Users {
    /// Make a user. The password is asked for at a terminal, or is the first line of the standard input.
    Create {
        /// The name to log in with. White space around it is removed, and it is brought into form NFKC.
        #[arg(value_parser = username)]
        name: String,
        /// Belongs to the staff.
        #[arg(long)]
        staff: bool,
        /// May not be used yet.
        #[arg(long)]
        inactive: bool,
        /// Cannot log in with a password.
        #[arg(long)]
        no_password: bool,
    },
    /// Show the users, by name.
    List {
        /// Only those whose name contains this.
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        search: String,
    },
    /// Lock a user out: logins and tokens end.
    Disable {
        /// The user's name.
        name: String,
    },
    /// Let a user in again.
    Enable {
        /// The user's name.
        name: String,
    },
    /// Delete a user, with logins, tokens and permissions.
    Delete {
        /// The user's name.
        name: String,
    },
    /// Put a user on the staff, or take one off.
    SetStaff {
        /// The user's name.
        name: String,
        /// Whether the user belongs to the staff.
        #[arg(action = clap::ArgAction::Set, value_name = "true|false")]
        staff: bool,
    },
    /// Grant a user a permission.
    Grant {
        /// The user's name.
        name: String,
        #[command(flatten)]
        grant: Permission,
    },
    /// Take back a permission that a user was granted. What comes from a group stays.
    Revoke {
        /// The user's name.
        name: String,
        #[command(flatten)]
        grant: Permission,
    },
    /// Show which permissions a user holds, and from which group.
    Permissions {
        /// The user's name.
        name: String,
    },
    /// Give a user another password, asked for as by `create`. Logins and tokens end.
    SetPassword {
        /// The user's name.
        name: String,
        /// Leave the personal tokens as they are.
        #[arg(long)]
        keep_tokens: bool,
    },
}

/// A permission that is granted.
#[derive(Debug, Args)]
pub(crate) struct Permission {
    /// The permission: the application and what may be done, such as blog.change_note.
    #[arg(value_parser = codename)]
    pub(crate) codename: String,
    /// The key of the only object that it is for; it is for all, unless given.
    #[arg(long, value_name = "KEY", value_parser = key)]
    pub(crate) object: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Groups {
    /// Make a group.
    Create {
        /// The group's name.
        #[arg(value_parser = group_name)]
        name: String,
    },
    /// Delete a group: its members no longer hold what it held.
    Delete {
        /// The group's name.
        name: String,
    },
    /// Show the groups, by name.
    List,
    /// Show who is in a group, and what it holds.
    Show {
        /// The group's name.
        name: String,
    },
    /// Put a user into a group.
    Add {
        /// The group's name.
        group: String,
        /// The user's name.
        user: String,
    },
    /// Take a user out of a group.
    Remove {
        /// The group's name.
        group: String,
        /// The user's name.
        user: String,
    },
    /// Grant all members of a group a permission.
    Grant {
        /// The group's name.
        group: String,
        #[command(flatten)]
        grant: Permission,
    },
    /// Take back a permission that a group was granted.
    Revoke {
        /// The group's name.
        group: String,
        #[command(flatten)]
        grant: Permission,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Tokens {
    /// Make a token. It stands alone on the standard output, and is never shown again.
    Create {
        /// The user's name.
        user: String,
        /// What to call it.
        #[arg(long, default_value = "", hide_default_value = true, value_parser = label)]
        name: String,
        /// How long it is good for, such as 30d, or `never`. 90 days unless given, 366 days at most.
        #[arg(long, value_name = "LENGTH")]
        expires: Option<Lifetime>,
        /// Make it even if it is good for more than 366 days, or the user has 100 tokens already.
        #[arg(long)]
        beyond_limits: bool,
        /// What tokens of the application begin with: the word given to its `TokenFormat`.
        #[arg(long, value_name = "WORD", env = "AUTH_APP", default_value = "auth")]
        app: String,
    },
    /// Show a user's tokens, the newest first.
    List {
        /// The user's name.
        user: String,
    },
    /// End a token, or all of a user's.
    Revoke(Revoke),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make a key. What signs with it stands alone on the standard output as a JWK, or in a file, and is never shown again.
    Create(CreateKey),
    /// Add a key that somebody else made.
    Add(AddKey),
    /// Show the keys of a user, or all, by id.
    List {
        /// The user's name.
        user: Option<String>,
    },
    /// End a key, now or after a while: so that its owner has the time to turn to another.
    Expire {
        /// As `list` shows it.
        id: String,
        /// After which time it ends; now, unless given.
        #[arg(long, value_name = "LENGTH")]
        r#in: Option<Length>,
    },
    /// Delete a key.
    Remove {
        /// As `list` shows it.
        id: String,
    },
    /// Seal shared secrets again with the first sealing key, so that the others can be removed.
    Reseal,
    /// Make a root secret for AUTH_ROOT_SECRET, and print nothing else. Needs no database.
    Root,
}

#[derive(Debug, Args)]
pub(crate) struct CreateKey {
    /// The user's name.
    pub(crate) user: String,
    /// What it is for, such as ed25519, ecdsa-p256-sha256, rsa-pss-sha512 or hmac-sha256.
    #[arg(long, value_name = "NAME", default_value = "ed25519", value_parser = algorithm)]
    pub(crate) algorithm: KeyAlgorithm,
    #[command(flatten)]
    pub(crate) key: KeyOptions,
    /// Write what signs into this new file, which its owner alone may read, and do not show it.
    #[arg(long, value_name = "FILE")]
    pub(crate) private_out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("material").required(true).args(["public_key", "shared_secret"]))]
pub(crate) struct AddKey {
    /// The user's name.
    pub(crate) user: String,
    /// The file with the public key: a PEM or a JWK.
    #[arg(long, value_name = "FILE")]
    pub(crate) public_key: Option<PathBuf>,
    /// The file with the shared secret: a JWK.
    #[arg(long, value_name = "FILE")]
    pub(crate) shared_secret: Option<PathBuf>,
    /// What it is for, where the file does not say that.
    #[arg(long, value_name = "NAME", value_parser = algorithm)]
    pub(crate) algorithm: Option<KeyAlgorithm>,
    #[command(flatten)]
    pub(crate) key: KeyOptions,
}

/// What is said of a new key.
#[derive(Debug, Args)]
pub(crate) struct KeyOptions {
    /// By what requests name it; that of the file, its thumbprint (RFC 7638) or a random one, unless given.
    #[arg(long, value_name = "ID", value_parser = key_id)]
    pub(crate) id: Option<String>,
    /// What to call it.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, value_parser = label)]
    pub(crate) label: String,
    /// How long it is good for; for ever, unless given.
    #[arg(long, value_name = "LENGTH")]
    pub(crate) expires: Option<Length>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Logins {
    /// Show a user's logins, the newest first.
    List {
        /// The user's name.
        user: String,
    },
    /// End a login with its tokens, or all of a user's.
    Revoke(Revoke),
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true).args(["id", "all"]))]
pub(crate) struct Revoke {
    /// The user's name.
    pub(crate) user: String,
    /// As `list` shows it.
    #[arg(allow_negative_numbers = true)]
    pub(crate) id: Option<String>,
    /// All that the user has.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Clients {
    /// Show the clients, by name.
    List,
    /// Make a client, or change of one only what is named. Logins that were made before stay as they are.
    Set(Box<SetClient>),
    /// Delete a client, and end its logins.
    Delete {
        /// The client's name.
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SetClient {
    /// 1 to 64 letters, digits, `-`, `_` and `.`; `default` is for those who name none.
    pub(crate) name: String,
    /// How long a login may go unused.
    #[arg(long, value_name = "LENGTH|never")]
    pub(crate) idle: Option<Lifetime>,
    /// How long a login is good for at most.
    #[arg(long, value_name = "LENGTH|never")]
    pub(crate) absolute: Option<Lifetime>,
    /// How long an access token is good for before it must be renewed.
    #[arg(long, value_name = "LENGTH|never")]
    pub(crate) access: Option<Lifetime>,
    /// How many logins a user may have.
    #[arg(long, value_name = "N|none", value_parser = or_none::<u32>)]
    pub(crate) max_logins: Option<OrNone<u32>>,
    /// What happens at that number.
    #[arg(long)]
    pub(crate) at_limit: Option<Full>,
    /// Whether a login ends every other one of the user.
    #[arg(long, value_name = "true|false")]
    pub(crate) single_login: Option<bool>,
    /// How many requests a user may make, such as 100/hour.
    #[arg(long, value_name = "RATE|none", value_parser = or_none::<Limit>)]
    pub(crate) rate: Option<OrNone<Limit>>,
    /// From which origin a browser may log in, such as https://app.example.org; again for more. Replaces those before.
    #[arg(long, value_name = "URL", value_parser = TrustedOrigin::parse)]
    pub(crate) allow_origin: Vec<TrustedOrigin>,
    /// A browser may log in from everywhere.
    #[arg(long, conflicts_with = "allow_origin")]
    pub(crate) any_origin: bool,
}

/// What happens when a user has as many logins as the client allows.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Full {
    /// The new login is refused.
    Refuse,
    /// The oldest one ends.
    EndOldest,
}

/// A value, or the word `none`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OrNone<T>(pub(crate) Option<T>);

fn or_none<T: std::str::FromStr>(text: &str) -> Result<OrNone<T>, T::Err> {
    if text == "none" { Ok(OrNone(None)) } else { Ok(OrNone(Some(text.parse()?))) }
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Reads the tables auth_user, authtoken_token, knox_authtoken, durin_client and durin_authtoken, under these names, and
changes nothing there. What is there already is left as it is, so that an import that was interrupted can be run again;
but a token that was revoked here in between is good again then.

A user who has the name of a user here is taken for the same, and gets the tokens. All other users come over, also those
whose names people cannot tell apart, such as `ada` and `ADA`: the report names them. Superusers become staff; groups and
permissions are not read, so grant them here with `auth groups`. Passwords are taken over where
they were hashed with PBKDF2 and SHA-256, or argon2. Times without an offset are taken for UTC. Tokens
of django-rest-knox before version 5 were digested in another way and are not found.

An application accepts tokens of another form when it is set to TokenFormat::default().with_foreign(true), and Django's
passwords with the feature `django` of auth-runtime.")]
pub(crate) struct Import {
    /// The database of Django: the path of a SQLite file, or postgres://user@host/name.
    #[arg(env = "AUTH_IMPORT", hide_env_values = true)]
    pub(crate) address: String,
    /// Only these.
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<Part>,
    /// Say what would be imported, and import nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// A part of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Users, with their passwords.
    Users,
    /// Tokens of Django REST framework.
    Tokens,
    /// Tokens of django-rest-knox.
    Knox,
    /// Clients and tokens of Django-Rest-Durin.
    Durin,
}

/// The name of a permission.
fn codename(text: &str) -> Result<String, &'static str> {
    if is_codename(text) { Ok(text.to_owned()) } else { Err("a permission has a name such as blog.change_note") }
}

/// The key of an object.
fn key(text: &str) -> Result<String, &'static str> {
    if text.is_empty() { Err("a key is not empty") } else { label(text) }
}

/// By what a request names a key.
fn key_id(text: &str) -> Result<String, &'static str> {
    if (1..=255).contains(&text.len()) { label(text) } else { Err("an id has 1 to 255 bytes") }
}

/// What a key is for.
fn algorithm(text: &str) -> Result<KeyAlgorithm, String> {
    let names = || KeyAlgorithm::ALL.map(KeyAlgorithm::name).join(", ");
    KeyAlgorithm::from_name(text).ok_or_else(|| format!("the algorithms are {}", names()))
}

/// A name to log in with, in normalized form.
fn username(text: &str) -> Result<String, InvalidUsername> {
    Ok(Username::parse(text)?.as_str().to_owned())
}

/// The name of a group.
fn group_name(text: &str) -> Result<String, &'static str> {
    if text.trim() != text || text.is_empty() {
        return Err("a name is not empty, and neither begins nor ends with a space");
    }
    label(text)
}

/// A name that is only shown.
fn label(text: &str) -> Result<String, &'static str> {
    if text.chars().any(char::is_control) { Err("no control characters") } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Options::command().debug_assert();
    }
}
