//! `auth clients`.

use auth_runtime::store::{AtLimit, Client};
use auth_store::Store;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::options::{Clients, Full, SetClient};
use crate::output::{Answer, Table, plain};
use crate::time::{Length, Lifetime};

pub(super) async fn run<S: Store>(store: &S, command: &Clients) -> Result<Answer, Failure> {
    match command {
        Clients::List => list(store).await,
        Clients::Set(options) => set(store, options).await,
        Clients::Delete { name } => {
            if !store.delete_client(name).await? {
                return Err(Failure::NotThere(format!("there is no client `{name}`; `auth clients list` shows all")));
            }
            let text = format!("The client {} is deleted; its logins have ended.\n", plain(name));
            Ok(Answer::new(json!({ "name": name, "deleted": true }), text))
        }
    }
}

async fn list<S: Store>(store: &S) -> Result<Answer, Failure> {
    let clients = store.clients().await?;
    let json = json!({ "clients": clients.iter().map(entry).collect::<Vec<_>>() });
    Ok(Answer::new(json, table(&clients).or("There are no clients; all log in by the rules of the application.")))
}

async fn set<S: Store>(store: &S, options: &SetClient) -> Result<Answer, Failure> {
    let client = match store.find_client(&options.name).await? {
        Some(client) => client,
        None => Client::new(options.name.as_str()).map_err(|error| Failure::Usage(error.to_string()))?,
    };
    let client = changed(client, options);
    let created = store.put_client(&client).await?;
    let mut json = entry(&client);
    json["created"] = created.into();
    let became = if created { "created" } else { "changed; logins that were made before stay as they are" };
    let text = format!("The client {} is {became}.\n{}", client.name(), table(std::slice::from_ref(&client)).lines());
    Ok(Answer::new(json, text))
}

/// Applies the options to the client.
fn changed(mut client: Client, options: &SetClient) -> Client {
    if let Some(Lifetime(idle)) = options.idle {
        client = client.with_idle_lifetime(idle);
    }
    if let Some(Lifetime(absolute)) = options.absolute {
        client = client.with_absolute_lifetime(absolute);
    }
    if let Some(Lifetime(access)) = options.access {
        client = client.with_access_lifetime(access);
    }
    if let Some(most) = options.max_logins {
        client = client.with_max_logins(most.0);
    }
    if let Some(full) = options.at_limit {
        client = client.with_at_limit(match full {
            Full::Refuse => AtLimit::Refuse,
            Full::EndOldest => AtLimit::EndOldest,
        });
    }
    if let Some(single) = options.single_login {
        client = client.with_single_login(single);
    }
    if let Some(rate) = options.rate {
        client = client.with_rate(rate.0);
    }
    if options.any_origin || !options.allow_origin.is_empty() {
        client = client.with_allowed_origins(options.allow_origin.clone());
    }
    client
}

fn at_limit(client: &Client) -> &'static str {
    if *client.at_limit() == AtLimit::EndOldest { "end-oldest" } else { "refuse" }
}

fn origins(client: &Client) -> Vec<String> {
    client.allowed_origins().iter().map(ToString::to_string).collect()
}

fn table(clients: &[Client]) -> Table {
    let mut table =
        Table::new(["name", "idle", "absolute", "access", "max logins", "at limit", "single login", "rate", "origins"]);
    for client in clients {
        let origins = origins(client);
        table.row([
            client.name().to_owned(),
            Lifetime(*client.idle_lifetime()).to_string(),
            Lifetime(*client.absolute_lifetime()).to_string(),
            Lifetime(*client.access_lifetime()).to_string(),
            client.max_logins().map_or("none".to_owned(), |most| most.to_string()),
            at_limit(client).to_owned(),
            client.single_login().to_string(),
            client.rate().map_or("none".to_owned(), |rate| rate.to_string()),
            if origins.is_empty() { "any".to_owned() } else { origins.join(" ") },
        ]);
    }
    table
}

fn entry(client: &Client) -> Value {
    let length = |length: &Option<std::time::Duration>| length.map(|length| Length(length).to_string());
    json!({
        "name": client.name(),
        "idle_lifetime": length(client.idle_lifetime()),
        "absolute_lifetime": length(client.absolute_lifetime()),
        "access_lifetime": length(client.access_lifetime()),
        "max_logins": client.max_logins(),
        "at_limit": at_limit(client),
        "single_login": client.single_login(),
        "rate": client.rate().map(|rate| rate.to_string()),
        "allowed_origins": origins(client),
    })
}
