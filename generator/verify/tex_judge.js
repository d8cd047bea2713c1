"use strict";

// MathJax's TeX parser as Anki sets it up, without a page: it tells whether a formula typesets, and what it says where not.
// PACKAGES are those of Anki's reviewer (mathjax.js beside its MathJax) but for three: noerrors and noundefined, which hide errors
// from a reader, and require, which needs a page. What it can load there is what is registered here too: Anki ships no other file,
// and a formula that asks for one keeps the whole card from being typeset.

const PACKAGES = [
    "base", "action", "ams", "amscd", "bbox", "boldsymbol", "braket", "bussproofs", "cancel", "cases", "centernot", "color",
    "colortbl", "empheq", "enclose", "extpfeil", "gensymb", "html", "mathtools", "mhchem", "newcommand", "upgreek", "unicode",
    "verb", "configmacros", "tagformat", "textcomp",
    "mathtools", // a second time, as in Anki, where \prescript fails for that
];
const REQUIRED = /\\require\s*\{(?:\[tex\]\/)?([^{}]*)\}/g;
// What changes the meaning of later formulas.
const DEFINES = /\\(?:(?:re)?new(?:command|environment|tagform)|def|let|Declare[A-Za-z]+|Newextarrow|definecolor|mathtoolsset|usetagform|require)(?![A-Za-z])/;

const { Configuration, ConfigurationHandler } = MathJax._.input.tex.Configuration;
const { CommandMap, MacroMap } = MathJax._.input.tex.SymbolMap;
// Proof trees ask the page how wide they are.
const PAGE = { outputJax: { getBBox: () => ({ w: 0, h: 0, d: 0 }) }, options: { MathItem: class {} } };

// How Anki has MathJax look for formulas on a page.
const FINDER = new MathJax._.input.tex.FindTeX.FindTeX({
    inlineMath: [["\\(", "\\)"]], displayMath: [["\\[", "\\]"]], processEscapes: false, processEnvironments: false, processRefs: false,
});

let notes = new Set();

new MacroMap("redraw-characters", { "%": "comment" }, {
    comment(parser) {
        const end = parser.string.indexOf("\n", parser.i);
        if (end < 0) notes.add("comment");
        parser.i = end < 0 ? parser.string.length : end;
    },
});
new CommandMap("redraw-commands", { require: "require" }, {
    require(parser, name) {
        parser.GetArgument(name);
    },
});
Configuration.create("redraw", { handler: { character: ["redraw-characters"], macro: ["redraw-commands"] }, priority: 0 });

function create(packages = []) {
    const formatError = (_, error) => { throw error; };
    const jax = new MathJax._.input.tex_ts.TeX({ packages: [...PACKAGES, ...packages, "redraw"], formatError });
    jax.setMmlFactory(new MathJax._.core.MmlTree.MmlFactory.MmlFactory());
    return jax;
}

let jax = create();

// What is wrong with a formula: {id, message, rest}, where rest is what had not been read yet; and notes on what typesets, but
// not as it is meant.
function judge(tex, display) {
    const required = Array.from(tex.matchAll(REQUIRED), (match) => match[1].trim());
    const missing = required.find((name) => !ConfigurationHandler.get(name));
    if (missing !== undefined) return JSON.stringify({ id: "UnknownExtension", message: `Unknown extension ${missing}`, rest: "" });
    if (required.length) jax = create(required);
    notes = new Set();
    try {
        jax.reset(0);
        if (!isFound(tex, display)) return JSON.stringify({ id: "OwnMarks", message: "its end is not where it should be", rest: "" });
        const tree = jax.compile({ math: tex, display, inputData: {}, start: {}, end: {} }, PAGE);
        if (/text|box|tag/.test(tex) && !/\\verb(?![A-Za-z])/.test(tex)) tree.walkTree(look);
        if (DEFINES.test(tex)) notes.add("definition");
        if (/\\label(?![A-Za-z])/.test(tex)) notes.add("label");
        return JSON.stringify({ notes: [...notes].sort() });
    } catch (error) {
        const outer = jax.parseOptions.parsers.at(-1);
        return JSON.stringify({ id: error.id || "", message: String(error.message), rest: outer ? outer.string.slice(outer.i) : "" });
    } finally {
        if (DEFINES.test(tex)) jax = create();
    }
}

// Whether MathJax takes the text between the marks, all of it and nothing else, for a formula. Open braces are left to the parser.
function isFound(tex, display) {
    const text = display ? `\\[${tex}\\]` : `\\(${tex}\\)`, [first] = FINDER.findMath([text]);
    return !first || (first.end.n === text.length && first.math === tex);
}

function look(node) {
    if (node.kind === "mtext" && node.getText().includes("\\")) notes.add("backslash");
}

// Every name that a handler knows: "macro" or "environment".
function known(handler) {
    const names = new Set();
    for (const { item } of jax.parseOptions.handlers.get(handler)._configuration) {
        if (item.map) for (const name of item.map.keys()) names.add(name);
    }
    return JSON.stringify([...names].sort());
}
