import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  isImportDeclaration,
  isStringLiteral,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

export interface SourceFunction {
  readonly line: number;
  readonly lines: number;
}

/** A file of the project, as far as its shape goes. */
export interface SourceText {
  /** From the root of the project. */
  readonly path: string;
  readonly lines: number;
  /** Files of the project that it imports, types included; from the root. */
  readonly imports: readonly string[];
  /** Names of packages that it imports, types included. */
  readonly packages: readonly string[];
  /** Every function, method and arrow function, those within others too. */
  readonly functions: readonly SourceFunction[];
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const FUNCTION_KINDS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ArrowFunction,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.Constructor,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
]);

/** Parses the TypeScript files of some folders with the compiler; resolves and checks nothing, so it is quick. */
export const readSourceFiles = (folders: readonly string[]): SourceText[] => {
  const directory = mkdtempSync(join(tmpdir(), 'fanout-sources-'));
  const config = join(directory, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({ compilerOptions: PARSE_ONLY, include: folders.map((folder) => join(ROOT, folder)) }),
  );
  const api = new API({ cwd: ROOT });
  try {
    const project = api.updateSnapshot({ openProject: config }).getProject(config)!;
    return project.rootFiles.map((name) => describeFile(project.program.getSourceFile(name)!));
  } finally {
    api.close();
    rmSync(directory, { recursive: true });
  }
};

const PARSE_ONLY = {
  noLib: true,
  noResolve: true,
  types: [],
  module: 'NodeNext',
  allowImportingTsExtensions: true,
  noEmit: true,
};

const describeFile = (file: SourceFile): SourceText => {
  const specifiers: string[] = [];
  const functions: SourceFunction[] = [];
  const visit = (node: Node): undefined => {
    if (isImportDeclaration(node) && isStringLiteral(node.moduleSpecifier))
      specifiers.push(node.moduleSpecifier.text);
    if (FUNCTION_KINDS.has(node.kind)) functions.push(measure(node, file));
    node.forEachChild(visit);
  };
  file.forEachChild(visit);
  const path = relative(ROOT, file.fileName);
  return {
    path,
    lines: countLines(file.text),
    imports: specifiers.filter((name) => name.startsWith('.')).map((name) => join(path, '..', name)),
    packages: specifiers.filter((name) => !/^(\.|node:)/.test(name)),
    functions,
  };
};

const measure = (node: Node, file: SourceFile): SourceFunction => {
  const start = node.getStart(file);
  return {
    line: countLines(file.text.slice(0, start + 1)),
    lines: countLines(file.text.slice(start, node.end)),
  };
};

const countLines = (text: string): number => text.replace(/\n$/, '').split('\n').length;
