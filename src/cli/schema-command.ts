import type { Command } from 'commander'
import type { RunCommand } from './run-command.ts'

/** `gateway schema`. */
export function addSchemaCommand(program: Command, run: RunCommand): void {
  program
    .command('schema')
    .description('print the GraphQL schema of clients; nothing is connected')
    .option('--subgraph', 'as a subgraph of Apollo Federation 2, for composition')
    .action(({ subgraph = false }: { subgraph?: boolean }) =>
      run(async (config) => {
        const { printClientSchema, printSubgraph } = await import('../composition/resolvers.ts')
        process.stdout.write(subgraph ? printSubgraph(config) : printClientSchema())
      }),
    )
}
