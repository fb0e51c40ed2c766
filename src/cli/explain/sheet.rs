//! The contact sheet: a page without scripts that shows the heatmaps of many pictures.

use serde_json::Value;

use super::super::asked::Asking;

/// A picture, with its explanation or the reason why there is none.
pub struct Entry {
    pub name: String,
    pub report: Result<Value, String>,
}

/// Allows only the pictures beside it, and its own style.
const POLICY: &str =
    "default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE: &str = "
:root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin: 0; }
p { margin: .3rem 0 1.5rem; opacity: .75; }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); }
img { display: block; width: 100%; border-radius: 6px; }
b, span { display: block; overflow-wrap: anywhere; }
b { margin-top: .4rem; font-weight: 600; }
span { font-size: .85rem; opacity: .75; }
";

/// The sheet for some pictures.
pub fn html(entries: &[Entry], asking: &Asking) -> String {
    let items: String = entries.iter().map(item).collect();
    let info = asking.explainer.info();
    let title = format!("{} explained", counted(entries.iter().filter(|entry| entry.report.is_ok()).count()));
    let about = format!("{}, {}; {}", info.architecture, asking.weights, asking.question);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         <h1>{title}</h1>\n<p>{}</p>\n<ul>\n{items}</ul>\n",
        escaped(&about)
    )
}

fn counted(pictures: usize) -> String {
    if pictures == 1 { "1 picture".into() } else { format!("{pictures} pictures") }
}

fn item(Entry { name, report }: &Entry) -> String {
    let name_shown = escaped(name);
    match report {
        Err(reason) => {
            format!("<li><b>Not explained</b><span>{name_shown}</span><span>{}</span></li>\n", escaped(reason))
        }
        Ok(report) => {
            let label = report["label"].as_str().unwrap_or_default();
            let percent = report["probability"].as_f64().unwrap_or_default() * 100.0;
            let alt = escaped(&format!("{name}: why {label}"));
            format!(
                "<li><a href=\"{0}.json\"><img src=\"{0}.png\" alt=\"{alt}\" loading=\"lazy\"></a><b>{1}</b><span>{percent:.1} %</span><span>{name_shown}</span></li>\n",
                address(name),
                escaped(label)
            )
        }
    }
}

/// Text, escaped for use between tags and in quotes.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, character| {
        match character {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            other => out.push(other),
        }
        out
    })
}

/// A file's name as a relative address, with every byte except letters, digits, dots, hyphens and underscores
/// percent-encoded.
fn address(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_told_and_never_run() {
        let report = Ok(json!({ "label": "<b>\"wren\" & co", "probability": 0.125 }));
        let shown = item(&Entry { name: "a \"<i>.png".into(), report });
        assert!(shown.contains("<b>&lt;b&gt;&quot;wren&quot; &amp; co</b><span>12.5 %</span>"), "{shown}");
        assert!(shown.contains("src=\"a%20%22%3Ci%3E.png.png\"") && !shown.contains("<i>"), "{shown}");
        let failed = item(&Entry { name: "b".into(), report: Err("it is <none>".into()) });
        assert!(failed.contains("it is &lt;none&gt;"), "{failed}");
    }
}
