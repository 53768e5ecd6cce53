import Engine

/// What is run beside a page's own programs to read it and to find its elements.
enum PageScript {
    /// The most characters of a page, and of numbered elements.
    private static let longestText = 200_000
    private static let mostElements = 1000

    /// Writes the page down, and keeps its elements under their numbers for `place` and `field`.
    static let reading = """
        (() => {
          const kept = [], skipped = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "HEAD", "OBJECT", "EMBED", "AUDIO", "VIDEO"]);
          const roles = new Set(["button", "link", "checkbox", "radio", "tab", "menuitem", "option", "switch", "combobox",
            "textbox", "searchbox", "slider", "treeitem"]);
          let text = "";
          const full = () => text.length > \(longestText);
          const words = string => (string || "").replace(/\\s+/g, " ").trim();
          const line = () => { text = text.replace(/[ \\t]+$/, ""); if (text && !text.endsWith("\\n")) text += "\\n"; };
          const add = string => { if (string && text && !/\\s$/.test(text)) text += " "; text += string; };
          const cut = (string, most) => string.length > most ? string.slice(0, most) + "…" : string;
          const named = element => {
            const by = element.getAttribute("aria-labelledby");
            const label = by && by.split(/\\s+/).map(id => element.ownerDocument.getElementById(id)?.textContent).join(" ");
            return cut(words(element.getAttribute("aria-label") || label || [...(element.labels || [])].map(l => l.textContent).join(" ")
              || element.getAttribute("placeholder") || element.getAttribute("title") || element.getAttribute("name")), 120);
          };
          const acts = element => /^(A|BUTTON|INPUT|SELECT|TEXTAREA|SUMMARY)$/.test(element.tagName) && (element.tagName !== "A" || element.hasAttribute("href"))
            || roles.has(element.getAttribute("role")) || element.isContentEditable && !element.parentElement?.isContentEditable
            || element.hasAttribute("onclick");
          const number = element => { if (kept.length >= \(mostElements)) return ""; kept.push(element); return `[${kept.length}] `; };
          const content = element => words(element.innerText || element.textContent) || [...element.querySelectorAll("img[alt]")].map(i => i.alt).join(" ");
          const describe = element => {
            const tag = element.tagName, role = element.getAttribute("role"), off = element.disabled ? " (disabled)" : "";
            if (tag === "A") return `link "${cut(content(element) || named(element), 200)}" → ${cut(element.href, 200)}`;
            if (tag === "SELECT") return `list "${named(element)}" = "${words(element.selectedOptions[0]?.text)}" of: ${cut([...element.options].map(o => words(o.text)).join(" | "), 500)}${off}`;
            if (tag === "INPUT" || tag === "TEXTAREA") {
              const type = tag === "TEXTAREA" ? "text" : element.type;
              if (type === "hidden") return null;
              if (type === "checkbox" || type === "radio") return `${type} "${named(element)}" ${element.checked ? "(x)" : "( )"}${off}`;
              if (/^(submit|button|reset|image)$/.test(type)) return `button "${element.value || element.alt || named(element) || type}"${off}`;
              const value = type === "password" ? "•".repeat(Math.min(element.value.length, 8)) : cut(element.value, 300);
              return `field "${named(element)}"${type === "text" ? "" : ` (${type})`} = "${value}"${off}`;
            }
            if (element.isContentEditable) return `field "${named(element)}" = "${cut(content(element), 300)}"`;
            const state = element.getAttribute("aria-expanded") === "true" ? " (open)" : element.getAttribute("aria-checked") === "true" || element.getAttribute("aria-selected") === "true" ? " (x)" : "";
            return `${role || "button"} "${cut(named(element) || content(element), 200)}"${state}${off}`;
          };
          const shown = element => !element.checkVisibility || element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
            || getComputedStyle(element).display === "contents";
          const walk = node => {
            if (full()) return;
            if (node.nodeType === 3) { const plain = node.nodeValue.replace(/\\s+/g, " "); if (/^\\s/.test(plain) && text && !/\\s$/.test(text)) text += " "; text += plain.trimStart(); return; }
            if (node.nodeType !== 1 || skipped.has(node.tagName) || !shown(node) || node.getAttribute("aria-hidden") === "true") return;
            const element = node, tag = element.tagName, display = getComputedStyle(element).display;
            const block = !/^(inline|contents|none)/.test(display) || tag === "BR";
            if (block) line();
            if (acts(element)) {
              const about = describe(element);
              if (about) { add(number(element) + about); if (!/^(A|SPAN)$/.test(tag)) line(); else text += " "; }
              if (!/^(DIV|LI|TR|SECTION|ARTICLE|TD)$/.test(tag)) return;
              line();
            }
            if (/^H[1-6]$/.test(tag)) add("#".repeat(+tag[1]) + " ");
            if (tag === "LI") add("- ");
            if (tag === "IMG") { if (element.alt) add(`(picture: ${cut(words(element.alt), 200)})`); return; }
            if (tag === "IFRAME") { let inner = null; try { inner = element.contentDocument?.body; } catch {} if (inner) walk(inner); else add("(a frame of another site)"); return; }
            if (tag === "TD" || tag === "TH") add("| ");
            for (const child of (element.shadowRoot || element).childNodes) walk(child);
            if (block) line();
          };
          if (document.body) walk(document.body);
          globalThis.kept = kept;
          const height = document.documentElement.scrollHeight - innerHeight;
          return { title: document.title.slice(0, 300), url: location.href.slice(0, 2000),
            text: text.replace(/\\n{3,}/g, "\\n\\n").trim().slice(0, \(longestText)),
            position: height > 0 ? Math.round(scrollY / height * 100) : 100 };
        })()
        """

    /// Where an element can be clicked on, or why it cannot.
    static func place(of element: Int) -> String {
        """
        (() => {
          \(found(element))
          element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
          const box = [...element.getClientRects()].find(b => b.width > 0 && b.height > 0);
          if (!box) return { problem: "Element \(element) is not to be seen. Read the page again." };
          let x = box.left + box.width / 2, y = box.top + box.height / 2;
          const top = element.getRootNode().elementFromPoint?.(x, y) || element.ownerDocument.elementFromPoint(x, y);
          const label = top?.closest?.("label");
          if (top && !element.contains(top) && !top.contains(element) && !(label && label.control === element))
            return { problem: `Element \(element) is covered by: ${(top.innerText || top.tagName).slice(0, 100)}` };
          for (let view = element.ownerDocument.defaultView; view.frameElement; view = view.parent) {
            const frame = view.frameElement.getBoundingClientRect();
            x += frame.left; y += frame.top;
          }
          return { x, y };
        })()
        """
    }

    /// Makes a field ready to be written into, or chooses the option.
    static func field(_ element: Int, _ text: String) -> String {
        """
        (() => {
          \(found(element))
          const wanted = \(JSONValue.string(text).text);
          if (element.disabled || element.readOnly) return { problem: "Element \(element) cannot be changed." };
          if (element.tagName === "SELECT") {
            const option = [...element.options].find(o => o.text.trim() === wanted.trim() || o.value === wanted);
            if (!option) return { problem: "There is no such choice in element \(element)." };
            element.value = option.value;
            for (const kind of ["input", "change"]) element.dispatchEvent(new Event(kind, { bubbles: true }));
            return { isChosen: true };
          }
          if (!element.isContentEditable && !/^(INPUT|TEXTAREA)$/.test(element.tagName))
            return { problem: "Element \(element) is no field." };
          element.scrollIntoView({ block: "center", behavior: "instant" });
          element.focus();
          if (element.select) element.select(); else element.ownerDocument.getSelection().selectAllChildren(element);
          if (!wanted) element.ownerDocument.execCommand("delete");
          return {};
        })()
        """
    }

    /// Comes back when the page has not changed for 400 ms, after 3 s at the latest.
    static let quiet = """
        new Promise(done => {
          const begin = performance.now();
          let last = begin;
          const watch = new MutationObserver(() => { last = performance.now(); });
          watch.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
          const look = () => {
            const now = performance.now();
            if (now - begin > 3000 || document.readyState === "complete" && now - last > 400) { watch.disconnect(); done(true); }
            else setTimeout(look, 50);
          };
          look();
        })
        """

    private static func found(_ element: Int) -> String {
        """
        const element = (globalThis.kept || [])[\(element - 1)];
          if (!element || !element.isConnected) return { problem: "There is no element \(element) any more. Read the page again." };
        """
    }
}
