"""The faults that can be put into a source file: mutmut's kinds, and three of ours for tables and acts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider, WhitespaceInclusivePositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_arg_removal, operator_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Sentences have the catalogue's tests; the rest crash at once or say something to the type checker alone.
SENTENCES = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext", "denied"}
LEFT_OUT_CALLS = SENTENCES | {"len", "isinstance", "cast"}
ASSERTING_ARGUMENTS = {"strict", "newline"}  # zip(strict=True) asserts what is always true; csv asks for newline=""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: source[start:end] becomes `code`.

    place: the function or class around it, "" at the top of the module. lines: first and last line of the body of the
    outermost function around it; None where the fault takes effect when the module is imported.
    """

    path: str
    place: str
    start: int
    end: int
    code: str
    lines: tuple[int, int] | None

    def apply(self, source: str) -> str:
        return source[: self.start] + self.code + source[self.end :]

    def compiles(self, source: str) -> bool:
        try:
            compile(self.apply(source), self.path, "exec")
        except SyntaxError:
            return False
        return True

    def key(self, source: str) -> tuple[str, str, str, str]:
        """(path, place, the line without the fault, and with it): the same while other lines change."""
        first = source.rfind("\n", 0, self.start) + 1
        last = (source.find("\n", self.end) + 1 or len(source) + 1) - 1
        before, after = source[first:last], source[first : self.start] + self.code + source[self.end : last]
        return self.path, self.place, " ".join(before.split()), " ".join(after.split())


def drop_item(node: cst.Tuple | cst.List | cst.Set | cst.Dict) -> Iterator[cst.CSTNode]:
    """A table, a list of columns or a set of states with one item less."""
    for item in node.elements if len(node.elements) > 1 else ():
        yield node.with_changes(elements=[other for other in node.elements if other is not item])


def drop_call(node: cst.Expr) -> Iterator[cst.CSTNode]:
    """A permission that is not asked for, a history row that is not written."""
    if isinstance(node.value, cst.Call):
        yield cst.Pass()


def negate_condition(node: cst.If | cst.While | cst.CompIf) -> Iterator[cst.CSTNode]:
    """A condition turned round; comparisons and the like are left to mutmut's operators."""
    if not isinstance(node.test, cst.Comparison | cst.BooleanOperation | cst.UnaryOperation):
        negated = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield cst.UnaryOperation(cst.Not(), negated)


OPERATORS = (
    *mutation_operators,
    ((cst.Tuple, cst.List, cst.Set, cst.Dict), drop_item),
    (cst.Expr, drop_call),
    ((cst.If, cst.While, cst.CompIf), negate_condition),
)


def mutants_of(path: str, source: str) -> list[Mutant]:
    """Every fault of a file, in the order of its lines; a few are no Python (see `compiles`)."""
    finder = _Finder(path, source)
    MetadataWrapper(cst.parse_module(source)).visit(finder)
    different = {mutant.apply(source): mutant for mutant in reversed(finder.found)}
    different.pop(source, None)
    return sorted(different.values(), key=lambda mutant: (mutant.start, mutant.end, mutant.code))


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (ParentNodeProvider, PositionProvider, WhitespaceInclusivePositionProvider)

    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.line_starts = [0, *accumulate(len(line) for line in source.splitlines(keepends=True))]
        self.found: list[Mutant] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if self._is_left_out(node):
            return False
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                self._note(node.test if operator is negate_condition else node, self._faults(operator, node))
        return True

    def _note(self, node: cst.CSTNode, faults: Iterable[cst.CSTNode]) -> None:
        span = self.get_metadata(WhitespaceInclusivePositionProvider, node, None)
        for fault in faults:
            start, end = (self.line_starts[at.line - 1] + at.column for at in (span.start, span.end))
            code = cst.Module([]).code_for_node(fault)
            self.found.append(Mutant(self.path, self._place(node), start, end, code, self._lines(node)))

    def _is_left_out(self, node: cst.CSTNode) -> bool:
        """What no test should notice: types, docstrings, sentences, what is logged."""
        match node:
            case (
                cst.Annotation()
                | cst.Decorator()
                | cst.Import()
                | cst.ImportFrom()
                | cst.Expr(value=cst.BaseString())
                | cst.Subscript(value=cst.Name("Literal"))
                | cst.If(test=cst.Name("TYPE_CHECKING"))
                | cst.Assign(targets=[cst.AssignTarget(cst.Name("logger"))])
                | cst.Assign(value=cst.Call(func=cst.Name("TypeVar")))
                | cst.Call(func=cst.Attribute(value=cst.Name("logger")))
            ):
                return True
            case cst.Call(func=cst.Name(name)):
                return name in LEFT_OUT_CALLS
        return False

    def _faults(self, operator, node: cst.CSTNode) -> Iterable[cst.CSTNode]:
        """An operator's faults without those that repeat each other, crash at once or change the words of an error."""
        parents = [parent for parent, _ in self._ancestors(node)]
        is_of_error = any(isinstance(parent, cst.Raise) for parent in parents[:3])
        if operator is operator_string:
            is_argument = isinstance(parents[0], cst.Arg) and parents[0].keyword is None
            return [] if is_argument and is_of_error else [*operator(node)][:1]
        if operator is operator_arg_removal:
            kept = _asserting_arguments(node)
            fewer = (one for one in operator(node) if len(one.args) < max(len(node.args), 2))
            return [] if is_of_error else [one for one in fewer if _asserting_arguments(one) == kept]
        if operator is drop_item and isinstance(parents[0], cst.AssignTarget | cst.For | cst.CompFor | cst.Return):
            return []
        return operator(node)

    def _ancestors(self, node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
        """(ancestor, its child on the way to the node), from the inside out."""
        child, parent = node, self.get_metadata(ParentNodeProvider, node, None)
        while parent is not None:
            yield parent, child
            child, parent = parent, self.get_metadata(ParentNodeProvider, parent, None)

    def _place(self, node: cst.CSTNode) -> str:
        around = [one.name.value for one, _ in self._ancestors(node) if isinstance(one, cst.FunctionDef | cst.ClassDef)]
        return ".".join(reversed(around))

    def _lines(self, node: cst.CSTNode) -> tuple[int, int] | None:
        bodies = [
            one.body for one, child in self._ancestors(node) if isinstance(one, cst.FunctionDef) and child is one.body
        ]
        span = self.get_metadata(PositionProvider, bodies[-1]) if bodies else None
        return span and (span.start.line, span.end.line)


def _asserting_arguments(call: cst.Call) -> list[str]:
    """Those that only say what is true anyway."""
    return [
        cst.Module([]).code_for_node(arg)
        for arg in call.args
        if arg.keyword and arg.keyword.value in ASSERTING_ARGUMENTS
    ]
