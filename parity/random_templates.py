"""Random chat templates for comparing Jinja engines; the same seed gives the same ones."""

import random
import re

VARIABLES = {
    "s": "Hello, World",
    "t": "  <b>x</b>\n\ty é😀 ",
    "e": "",
    "n": 7,
    "m": -3,
    "z": 0,
    "f": 2.5,
    "b": True,
    "o": None,
    "l": [3, 1, 2],
    "w": ["b", "a", "C", "a"],
    "x": [1, "a", None, 2.5, [1, 2], {"k": "v"}],
    "d": {"a": 1, "b": "two", "items": [1], "c": {"d": None}},
    "messages": [
        {"role": "system", "content": "Sys"},
        {"role": "user", "content": "Hi there", "n": 2},
        {"role": "assistant", "content": "Hello!\nBye", "n": 1.5},
    ],
}
NAMES = list(VARIABLES) + ["missing"]
TEXTS = ["'a'", "'l'", "', '", "' '", "'\\n'", "'role'", "'content'", "'n'", "'x,y'", '"it\'s"', "'é😀'", "''", "'%s-%s'", "'%05.2f'"]
NUMBERS = ["0", "1", "2", "-1", "3", "10", "2.5", "1e3", "0.1", "100", "1_0"]
FILTERS = (
    "trim length count upper lower title capitalize first last list items reverse sort unique join string int float abs "
    "round tojson safe e default d min max sum dictsort wordcount indent escape forceescape attr"
).split()
FILTERS_WITH = [
    "join({t})", "default({x})", "default({x}, true)", "replace({t}, {t})", "replace({t}, {t}, {n})", "indent({n})",
    "indent({n}, true)", "tojson(indent={n})", "map(attribute={t})", "map('upper')", "map('length')", "select",
    "select('string')", "select('odd')", "reject('none')", "selectattr('role', 'eq', {t})", "rejectattr('n', 'defined')",
    "selectattr({t})", "sort(attribute={t})", "sort(reverse=true)", "sort(case_sensitive=true)", "round({n})",
    "round({n}, 'floor')", "int({x})", "float({x})", "batch({n})", "batch({n}, {x})", "slice({n})", "truncate({n})",
    "groupby('role')", "sum(attribute='n')", "sum(start={x})", "trim({t})", "format({x})", "format({x}, {x})",
    "dictsort(false, 'value')", "max(attribute='n')", "unique(attribute='role')", "tojson(sort_keys=true)",
    "tojson(ensure_ascii=true)", "map('default', {x})", "map('tojson')", "map('replace', {t}, {t})", "center({n})",
    "join({t}, attribute='role')", "list", "list", "string", "map(attribute='role')",
]
TESTS = (
    "defined undefined none string mapping number integer float boolean true false iterable sequence odd even lower "
    "upper callable escaped"
).split()
METHODS = [
    "strip()", "lstrip()", "rstrip()", "strip({t})", "upper()", "lower()", "title()", "capitalize()", "split()",
    "split({t})", "split({t}, {n})", "rsplit({t}, 1)", "splitlines()", "startswith({t})", "endswith({t})", "replace({t}, {t})",
    "find({t})", "rfind({t})", "count({t})", "join(w)", "isdigit()", "isalpha()", "partition({t})", "rpartition({t})",
    "swapcase()", "zfill({n})", "center({n})", "ljust({n}, '-')", "removeprefix({t})", "get({t})", "get({t}, {x})",
    "items()", "keys()", "values()", "items", "a", "role", "content", "c.d", "index({x})", "count({x})", "append(1)",
    "update({{}})", "copy()", "format({x})", "islower()", "isspace()", "isalnum()", "split()[0]", "items()|list",
]
OPERATORS = ["+", "-", "*", "/", "//", "%", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or", "~", "+", "=="]


class Templates:
    """Random templates; the same seed gives the same ones."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, choices):
        return self.random.choice(choices)

    def fill(self, pattern, depth):
        kinds = {"t": lambda: self.pick(TEXTS), "n": lambda: self.pick(NUMBERS), "x": lambda: self.expression(depth - 1)}
        filled = re.sub(r"(?<!\{)\{([tnx])\}", lambda match: kinds[match.group(1)](), pattern)
        return filled.replace("{{", "{").replace("}}", "}")

    def expression(self, depth):
        roll = self.random.random()
        if depth <= 0 or roll < 0.2:
            return self.pick(NAMES) if self.random.random() < 0.6 else self.pick(TEXTS + NUMBERS + ["true", "none"])
        inner = self.expression(depth - 1)
        if roll < 0.36:
            return f"{self.wrapped(inner)}|{self.pick(FILTERS)}"
        if roll < 0.52:
            return f"{self.wrapped(inner)}|{self.fill(self.pick(FILTERS_WITH), depth)}"
        if roll < 0.64:
            return f"{self.wrapped(inner)}.{self.fill(self.pick(METHODS), depth)}"
        if roll < 0.70:
            return f"({self.wrapped(inner)} is {self.pick(['', 'not '])}{self.pick(TESTS)})"
        if roll < 0.78:
            # of names only: of a literal, Jinja's constant folding takes another path than its compiled code
            return f"{self.pick(NAMES)}[{self.subscript(depth)}]"
        if roll < 0.82:
            return f"({inner} if {self.expression(depth - 1)} else {self.expression(depth - 1)})"
        if roll < 0.86:
            return self.pick(["[{}]", "({},)", "({}, 1)", "{{'k': {}}}", "(not {})", "(-{})"]).format(inner)
        return f"({inner} {self.pick(OPERATORS)} {self.expression(depth - 1)})"

    @staticmethod
    def wrapped(expression):
        return expression if re.fullmatch(r"\w+", expression) and not expression[0].isdigit() else f"({expression})"

    def subscript(self, depth):
        if self.random.random() < 0.5:
            return ":".join(self.pick(["", "1", "-1", "2", "-2", "0", "9"]) for _ in range(self.pick([2, 2, 3])))
        return self.expression(depth - 2)

    def block(self, depth):
        text = self.pick(["", " ", "\n", "\n  ", "a", " b \n", "\n\n"])
        open_tag, close_tag = self.pick(["{%", "{%-", "{%+", "{%"]), self.pick(["%}", "-%}", "+%}", "%}"])
        roll = self.random.random()
        e = self.expression(self.pick([1, 1, 2, 2, 3]))
        if depth <= 0 or roll < 0.4:
            return f"{text}{self.pick(['{{', '{{-'])} {e} {self.pick(['}}', '-}}'])}"
        body = "".join(self.block(depth - 1) for _ in range(self.pick([1, 2])))
        tag = lambda inside: f"{open_tag} {inside} {close_tag}"
        if roll < 0.55:
            return f"{text}{tag('if ' + e)}{body}{self.pick(['', tag('else') + 'E'])}{tag('endif')}"
        if roll < 0.75:
            loop = self.pick(["loop.index", "loop.last", "loop.length", "loop.previtem", "i", "i|string", "loop.revindex0"])
            more = self.pick(["", "", " if i", " if loop is defined"])
            leave = self.pick(["", "", tag(f"if loop.index > 2") + tag(self.pick(["break", "continue"])) + tag("endif")])
            end = self.pick(["", tag("else") + "none"])
            return f"{text}{tag(f'for i in {e}{more}')}{{{{ {loop} }}}}{leave}{body}{end}{tag('endfor')}"
        if roll < 0.83:
            name = self.pick(["s", "l", "y", "n"])
            return f"{text}{tag(f'set {name} = {e}')}{{{{ {name} }}}}"
        if roll < 0.88:
            return f"{text}{tag('set y')}{body}{tag('endset')}{{{{ y|length }}}}{{{{ y }}}}"
        if roll < 0.92:
            return f"{text}{tag('macro q(s, k=' + e + ')')}{body}{{{{ k }}}}{tag('endmacro')}{{{{ q({self.expression(1)}) }}}}"
        if roll < 0.95:
            return f"{text}{tag('generation')}{body}{tag('endgeneration')}"
        if roll < 0.97:
            return f"{text}{tag('filter ' + self.pick(['upper', 'trim', 'indent(2)', 'length']))}{body}{tag('endfilter')}"
        return f"{text}{self.pick(['{# c #}', '{#- c -#}', '{% raw %} {{ x }} {% endraw %}'])}"

    def template(self):
        return "".join(self.block(2) for _ in range(self.pick([1, 1, 1, 2])))
