//! The admin pages, as they are seen and as they are read out.

use serde_json::json;

use crate::admin::Site;
use crate::driver::Browser;

impl Browser {
    fn resize(&self, width: u32, height: u32, scale: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Leaves a picture of all of the page.
    fn whole_page(&self, name: &str) {
        let picture = json!({ "captureBeyondViewport": true, "clip": self.script(
            "const page = document.documentElement; \
             return { x: 0, y: 0, width: innerWidth, height: Math.min(page.scrollHeight, 2600), scale: 1 }",
        ) });
        self.save(&self.devtools("Page.captureScreenshot", &picture)["data"], name);
    }

    fn paint(&self, scheme: &str) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": [feature] }));
    }
}

/// What is done on a page: a script, and the element that comes of it.
type Act = Option<(&'static str, &'static str)>;

/// The pages by the name of their picture, and what is done on them before it is taken.
fn pages(site: &Site) -> [(&'static str, String, Act); 8] {
    let open = Some(("document.querySelector('[aria-label=Logins] details').open = true", "details[open]"));
    let faults = Some((
        "document.querySelector('#rate').value = 'often'; document.querySelector('#idle_lifetime').value = '14'; \
                  document.querySelector('main form button').click()",
        "[role=alert]",
    ));
    let token = Some((
        "document.querySelector('#token-name').value = 'nightly job'; \
                 document.querySelector('#token-name').form.querySelector('button').click()",
        ".secret",
    ));
    [
        ("users", "/users".to_owned(), None),
        ("user", site.user("ada"), open),
        ("long", site.user(&"long".repeat(60)), open),
        ("own", site.user("boss"), None),
        ("token", site.user("ada"), token),
        ("clients", "/clients".to_owned(), None),
        ("client", "/clients/edit?name=phone".to_owned(), faults),
        ("delete", "/clients/delete?name=phone".to_owned(), None),
    ]
}

#[test]
fn pages_fit_narrow_and_enlarged_windows_in_light_and_in_dark() {
    let (site, browser) = (Site::start(), Browser::start());
    for (name, path) in [("sign-in", "/sign-in"), ("not-found", "/nothing")] {
        inspect(&browser, &site, name, path, None);
    }
    browser.sign_in(&site, "/users");
    for (name, path, act) in pages(&site) {
        inspect(&browser, &site, name, &path, act);
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// Looks at a page in windows of several sizes, and leaves pictures.
fn inspect(browser: &Browser, site: &Site, name: &str, path: &str, act: Act) {
    browser.resize(1280, 900, 1);
    browser.paint("light");
    browser.open(&site.url(path));
    if let Some((script, outcome)) = act {
        browser.script(script);
        browser.text(outcome);
    }
    // 640 pixels that are two each: a window of 1280 at 200 %.
    for (size, width, height, scale) in [("desktop", 1280, 900, 1), ("enlarged", 640, 450, 2), ("phone", 360, 740, 2)] {
        browser.resize(width, height, scale);
        assert_eq!(browser.script(include_str!("overflowing.js")), json!([]), "{name} at {width}");
        for scheme in ["light", "dark"] {
            browser.paint(scheme);
            assert_eq!(browser.script(include_str!("faint.js")), json!([]), "{name} in {scheme}");
            if size != "enlarged" {
                browser.whole_page(&format!("admin-{name}-{size}-{scheme}.png"));
            }
        }
    }
    assert_eq!(browser.script(include_str!("unnamed.js")), json!([]), "{name}");
}
