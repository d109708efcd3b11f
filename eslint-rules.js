/** Rules of this repository that no ESLint package has, and that `no-restricted-syntax` cannot express. */

const MUTABLE_TYPES = new Set(['Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'EventEmitter', 'LRUCache'])
const FUNCTION_TYPES = new Set(['FunctionExpression', 'ArrowFunctionExpression', 'TSFunctionType'])

/**
 * Whether the type of an expression is a mutable collection.
 * @param {import('@typescript-eslint/utils').ParserServicesWithTypeInformation} services
 * @param {import('@typescript-eslint/utils').TSESTree.Node} node
 */
function isMutableCollection(services, node) {
  const type = services.getTypeAtLocation(node)
  if (services.program.getTypeChecker().isTupleType(type)) return !type.target.readonly
  return MUTABLE_TYPES.has(type.symbol?.name)
}

/** Forbids module-level `let`, `var` and mutable collections: state is created by functions and injected. */
const noModuleState = {
  create({ sourceCode, report }) {
    const services = sourceCode.parserServices
    const checkDeclaration = (declaration) => {
      if (declaration.declare) return
      if (declaration.kind !== 'const')
        report({ node: declaration, message: 'No module-level variables: create state in a function.' })
      for (const { id, init } of declaration.declarations)
        if (init && services.program && isMutableCollection(services, id))
          report({
            node: id,
            message: 'No mutable collections at module level: use a readonly type.',
          })
    }
    return {
      'Program > VariableDeclaration': checkDeclaration,
      'Program > ExportNamedDeclaration > VariableDeclaration': checkDeclaration,
    }
  },
}

/** Forbids `Math.random`: randomness is injected, so that tests can script it. */
const noAmbientRandom = {
  create: ({ report }) => ({
    "MemberExpression[object.name='Math'][property.name='random']": (node) =>
      report({ node, message: 'Randomness is injected: see Random in core/secrets.ts.' }),
  }),
}

/** Forbids names of functions that end in `Of`: they start with a verb. */
const verbNames = {
  create({ report }) {
    const check = (name) => {
      if (name?.type !== 'Identifier' || !/[a-z]Of$/.test(name.name)) return
      report({ node: name, message: `Start the name of a function with a verb: ${name.name}.` })
    }
    const isFunction = (node) => FUNCTION_TYPES.has(node?.type)
    return {
      FunctionDeclaration: ({ id }) => check(id),
      VariableDeclarator: ({ id, init }) => isFunction(init) && check(id),
      'Property, PropertyDefinition': ({ key, value }) => isFunction(value) && check(key),
      'MethodDefinition, TSMethodSignature': ({ key }) => check(key),
      TSPropertySignature: ({ key, typeAnnotation }) =>
        isFunction(typeAnnotation?.typeAnnotation) && check(key),
      'Identifier[typeAnnotation.typeAnnotation.type="TSFunctionType"]': (node) => check(node),
    }
  },
}

/** Limits lines of comments, which Prettier does not wrap. A single word, such as a URL, may be longer. */
const commentWidth = {
  meta: { schema: [{ type: 'integer' }] },
  create({ sourceCode, options: [max = 110], report }) {
    const checkLine = (number) => {
      const line = sourceCode.lines[number - 1] ?? ''
      const isComment = /^\s*(?:\/\/|\/\*|\*)/.test(line)
      if (!isComment || line.length <= max || !/\s\S+\s+\S/.test(line.trim())) return
      const loc = { start: { line: number, column: max }, end: { line: number, column: line.length } }
      report({ loc, message: `Wrap comments at ${max} columns.` })
    }
    return {
      Program() {
        for (const { loc } of sourceCode.getAllComments())
          for (let number = loc.start.line; number <= loc.end.line; number += 1) checkLine(number)
      },
    }
  },
}

/** The rules as a plugin. */
export const houseRules = {
  rules: {
    'no-ambient-random': noAmbientRandom,
    'no-module-state': noModuleState,
    'verb-names': verbNames,
    'comment-width': commentWidth,
  },
}
