//! `auth clients`.

use serde_json::{Value, json};

use crate::support::Bench;

#[test]
fn a_client_is_made_with_the_default_rules_and_changed_where_named() {
    let bench = Bench::new("clients-set");
    bench.run(&["migrate"]).text();
    let none = "There are no clients; all log in by the rules of the application.\n";
    assert_eq!(bench.run(&["clients", "list"]).text(), none);

    let mut expected = json!({
        "name": "web",
        "idle_lifetime": "14d",
        "absolute_lifetime": "90d",
        "access_lifetime": null,
        "max_logins": null,
        "at_limit": "refuse",
        "single_login": false,
        "rate": null,
        "allowed_origins": [],
    });
    let made = bench.json(&["clients", "set", "web"]);
    assert_eq!(made["created"], true);
    assert_eq!(bench.json(&["clients", "list"]), json!({ "clients": [expected] }));

    for (arguments, field, value) in [
        (&["--idle", "1d12h"][..], "idle_lifetime", json!("1d12h")),
        (&["--absolute", "never"], "absolute_lifetime", json!(null)),
        (&["--access", "15m"], "access_lifetime", json!("15m")),
        (&["--max-logins", "3"], "max_logins", json!(3)),
        (&["--at-limit", "end-oldest"], "at_limit", json!("end-oldest")),
        (&["--single-login", "true"], "single_login", json!(true)),
        (&["--rate", "100/hour"], "rate", json!("100/hour")),
        (
            &["--allow-origin", "https://a.example.org", "--allow-origin", "https://*.b.example.org"],
            "allowed_origins",
            json!(["https://a.example.org", "https://*.b.example.org"]),
        ),
        (&["--max-logins", "none"], "max_logins", json!(null)),
        (&["--rate", "none"], "rate", json!(null)),
        (&["--allow-origin", "https://c.example.org"], "allowed_origins", json!(["https://c.example.org"])),
        (&["--any-origin"], "allowed_origins", json!([])),
        (&["--single-login", "false", "--idle", "never"], "idle_lifetime", json!(null)),
    ] {
        let changed = bench.json(&[&["clients", "set", "web"], arguments].concat());
        assert_eq!(changed["created"], false, "{arguments:?}");
        expected[field] = value;
        if arguments.contains(&"--single-login") {
            expected["single_login"] = changed["single_login"].clone();
        }
        assert_eq!(bench.json(&["clients", "list"]), json!({ "clients": [expected] }), "{arguments:?}");
    }
    assert_eq!(expected["single_login"], Value::Bool(false));
}

#[test]
fn clients_are_shown_in_a_table() {
    let bench = Bench::new("clients-table");
    let origin = ["--allow-origin", "https://app.example.org"];
    let text = bench.run(&[&["clients", "set", "web", "--max-logins", "3"], &origin[..]].concat()).text();
    let table = "\
NAME  IDLE  ABSOLUTE  ACCESS  MAX LOGINS  AT LIMIT  SINGLE LOGIN  RATE  ORIGINS
web   14d   90d       never   3           refuse    false         none  https://app.example.org
";
    assert_eq!(text, format!("The client web is created.\n{table}"));
    assert_eq!(bench.run(&["clients", "list"]).text(), table);
}

#[test]
fn a_rule_that_is_none_changes_nothing() {
    let bench = Bench::new("clients-bad");
    for arguments in [
        &["web", "--idle", "0d"][..],
        &["web", "--idle", "none"],
        &["web", "--max-logins", "-1"],
        &["web", "--max-logins", "many"],
        &["web", "--at-limit", "ask"],
        &["web", "--single-login", "maybe"],
        &["web", "--rate", "100/fortnight"],
        &["web", "--allow-origin", "app.example.org"],
        &["web", "--allow-origin", "https://a.example.org", "--any-origin"],
        &["w b"],
        &[""],
    ] {
        bench.run(&[&["clients", "set"], arguments].concat()).failure(2);
    }
    assert_eq!(bench.json(&["clients", "list"]), json!({ "clients": [] }));
}

#[test]
fn a_client_is_deleted_once() {
    let bench = Bench::new("clients-delete");
    bench.run(&["clients", "set", "web"]).text();
    assert_eq!(bench.json(&["clients", "delete", "web"]), json!({ "name": "web", "deleted": true }));
    let failure = bench.run(&["clients", "delete", "web"]).failure(3);
    assert_eq!(failure, "auth: there is no client `web`; `auth clients list` shows all\n");
}
