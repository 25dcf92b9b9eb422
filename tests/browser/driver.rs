//! A browser window, driven over the `WebDriver` protocol.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use crate::client::Request;

/// The name under which `WebDriver` answers with an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A Chromium of its own, with an empty profile; closed when dropped.
#[derive(Debug)]
pub(crate) struct Browser {
    driver: Child,
    address: SocketAddr,
    session: String,
}

impl Browser {
    pub(crate) fn start() -> Self {
        let chromium = find(&["chromium", "chromium-browser", "google-chrome"], "chromium");
        let chromedriver = find(&["chromedriver"], "chromium-driver");
        let mut driver = Command::new(chromedriver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver can be started");
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse::<u16>().ok()
        });
        let address = SocketAddr::from(([127, 0, 0, 1], port.expect("chromedriver says its port")));
        let mut browser = Self { driver, address, session: String::new() };
        let arguments = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=800,600"];
        let options = json!({ "binary": chromium, "args": arguments });
        // Whatever is looked for may take a moment to come.
        let timeouts = json!({ "implicit": 10_000, "pageLoad": 60_000, "script": 30_000 });
        let log = json!({ "browser": "ALL" });
        let wanted = json!({
            "alwaysMatch": { "goog:chromeOptions": options, "goog:loggingPrefs": log, "timeouts": timeouts }
        });
        let session = browser.command("POST", "", &json!({ "capabilities": wanted }));
        browser.session = format!("/{}", session["sessionId"].as_str().expect("a session"));
        browser
    }

    /// Sends a command of `WebDriver` and gives the `value` of its answer.
    fn command(&self, method: &str, path: &str, parameters: &Value) -> Value {
        let path = format!("/session{}{path}", self.session);
        let request = Request::new(method, &path);
        let request =
            if method == "POST" { request.body("application/json", &parameters.to_string()) } else { request };
        let answer = request.send(self.address);
        assert_eq!(answer.status, 200, "{method} {path} {parameters}: {}", answer.body);
        answer.json()["value"].take()
    }

    pub(crate) fn open(&self, url: &str) {
        self.command("POST", "/url", &json!({ "url": url }));
    }

    /// As the button does.
    pub(crate) fn back(&self) {
        self.command("POST", "/back", &json!({}));
    }

    pub(crate) fn url(&self) -> String {
        self.command("GET", "/url", &Value::Null).as_str().unwrap().to_owned()
    }

    /// Waits for an element: its path in the protocol.
    fn element(&self, css: &str) -> String {
        let element = self.command("POST", "/element", &json!({ "using": "css selector", "value": css }));
        format!("/element/{}", element[ELEMENT].as_str().unwrap())
    }

    /// Waits for an element and gives its text, as it is seen.
    pub(crate) fn text(&self, css: &str) -> String {
        let path = format!("{}/text", self.element(css));
        self.command("GET", &path, &Value::Null).as_str().unwrap().to_owned()
    }

    pub(crate) fn click(&self, css: &str) {
        self.command("POST", &format!("{}/click", self.element(css)), &json!({}));
    }

    /// Types into a field that is empty.
    pub(crate) fn enter(&self, css: &str, text: &str) {
        self.command("POST", &format!("{}/value", self.element(css)), &json!({ "text": text }));
    }

    /// Presses these keys one after the other, wherever the focus is. Shift and Control are held down to the end.
    pub(crate) fn press(&self, keys: &str) {
        let stroke = |kind: &str, key: char| json!({ "type": kind, "value": key });
        let is_held = |key: &char| ['\u{e008}', '\u{e009}'].contains(key);
        let mut strokes = Vec::new();
        for key in keys.chars() {
            strokes.push(stroke("keyDown", key));
            if !is_held(&key) {
                strokes.push(stroke("keyUp", key));
            }
        }
        strokes.extend(keys.chars().filter(is_held).map(|key| stroke("keyUp", key)));
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.command("POST", "/actions", &json!({ "actions": [keyboard] }));
    }

    /// Sends a command of the `DevTools` protocol.
    pub(crate) fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.command("POST", "/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    /// What the browser complained of in its console since the last call, such as violations of a policy. That a page came
    /// with the status of an error is none.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.command("POST", "/se/log", &json!({ "type": "browser" }));
        let messages = log.as_array().unwrap().iter().map(|entry| entry["message"].as_str().unwrap().to_owned());
        messages.filter(|message| !message.contains("the server responded with a status of")).collect()
    }

    /// Goes on inside this frame.
    pub(crate) fn enter_frame(&self, css: &str) {
        let element = self.command("POST", "/element", &json!({ "using": "css selector", "value": css }));
        self.command("POST", "/frame", &json!({ "id": element }));
    }

    /// Runs the body of an async function in the page and gives what it returns.
    pub(crate) fn script(&self, body: &str) -> Value {
        let script =
            format!("const done = arguments[0]; (async () => {{ {body} }})().then(done, e => done(String(e)))");
        self.command("POST", "/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// A cookie of the page, `HttpOnly` ones as well, as the protocol describes it.
    pub(crate) fn cookie(&self, name: &str) -> Option<Value> {
        let mut cookies = self.command("GET", "/cookie", &Value::Null);
        cookies.as_array_mut().unwrap().iter_mut().find(|cookie| cookie["name"] == name).map(Value::take)
    }

    pub(crate) fn cookie_value(&self, name: &str) -> String {
        self.cookie(name).unwrap_or_else(|| panic!("no cookie {name}"))["value"].as_str().unwrap().to_owned()
    }

    pub(crate) fn plant_cookie(&self, name: &str, value: &str) {
        self.command("POST", "/cookie", &json!({ "cookie": { "name": name, "value": value } }));
    }

    /// Leaves a picture of the window in the target folder, for people to look at.
    pub(crate) fn screenshot(&self, name: &str) {
        self.save(&self.command("GET", "/screenshot", &Value::Null), name);
    }

    /// Leaves a picture, in base64 as the protocols have it, in the target folder.
    #[allow(clippy::unused_self)] // pictures are a browser's
    pub(crate) fn save(&self, picture: &Value, name: &str) {
        let picture = Base64::decode_vec(picture.as_str().unwrap()).unwrap();
        std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), picture).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let close = Request::new("DELETE", &format!("/session{}", self.session));
        // A panic while another one is under way would hide the first.
        drop(std::panic::catch_unwind(|| close.send(self.address)));
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

/// The first of these programs in the path.
fn find(names: &[&str], package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates =
        std::env::split_paths(&path).flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    candidates.find(|file| file.is_file()).unwrap_or_else(|| {
        panic!(
            "{} is not in the path; on Debian: apt-get install chromium chromium-driver ({package} has it)",
            names[0]
        )
    })
}
