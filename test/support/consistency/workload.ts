import { setTimeout } from 'node:timers/promises'
import type { GraphqlResponse, TestGateway } from '../gateway.ts'
import { History, type Fact, type Value } from './history.ts'
import type { SeededRandom } from './seeded-random.ts'

/** An account of the workload. */
export interface Person {
  readonly userId: string
  readonly token: string
}

/** The people of a workload and the nodes that they use. */
export interface Cast {
  readonly nodes: readonly TestGateway[]
  /** Read and write throughout. Roles change. */
  readonly members: readonly Person[]
  /** Have posts and are suspended and reinstated again and again; they do not read. */
  readonly authors: readonly Person[]
  /** Read until they are suspended, each once. */
  readonly leavers: readonly Person[]
}

const POST = 'id title published author { id status }'
/** Two documents with the same rows: the second finds in level 3 what the first has read. */
const LISTS = ['', 'content'].map(
  (more) =>
    `query ($filter: PostFilter) { posts(first: 100, filter: $filter) { nodes { ${POST} ${more} } } }`,
)
const ONE = `query ($id: ID!) { post(id: $id) { ${POST} } }`
const CREATE = 'mutation ($input: CreatePostInput!) { createPost(input: $input) { id } }'
const UPDATE = 'mutation ($id: ID!, $input: UpdatePostInput!) { updatePost(id: $id, input: $input) { id } }'
const DELETE = 'mutation ($id: ID!) { deletePost(id: $id) { postId } }'
/** Most posts of one account, so that one page has all posts. */
const MOST_POSTS = 6
/** Names of roles that only this workload gives. */
export const ROLE_NAMES = Array.from({ length: 40 }, (_, index) => `R${index}`)

interface PostFilter {
  readonly published?: boolean
  readonly authorId?: string
}

interface SeenPost {
  readonly id: string
  readonly title: string
  readonly author: { readonly id: string; readonly status: string }
}

/** Reads and writes at random, on random nodes, and records what was written and seen. */
export class Workload {
  readonly history = new History()
  readonly #cast: Cast
  readonly #random: SeededRandom
  /** Every post, by its name in the history. */
  readonly #posts = new Map<string, { id: string; authorId: string; isDeleted: boolean }>()
  #names = 0

  constructor(cast: Cast, random: SeededRandom) {
    this.#cast = cast
    this.#random = random
  }

  /** Runs every loop until `isOver`. */
  async run(isOver: () => boolean): Promise<void> {
    const { members, authors, leavers } = this.#cast
    for (const { userId } of [...members, ...authors])
      await this.history.write(`status ${userId}`, { status: 'ACTIVE' }, async () => undefined)
    for (const { userId } of members)
      await this.history.write(`roles ${userId}`, { roles: 'USER' }, async () => undefined)
    for (const author of authors) await this.#create(author)
    const loop = async (step: () => Promise<void>) => {
      while (!isOver()) await step()
    }
    await Promise.all([
      ...members.map((member) => loop(() => this.#act(member))),
      ...members.map((member) => loop(() => this.#read(member))),
      ...leavers.map((leaver) => loop(() => this.#read(leaver))),
      loop(() => this.#waitForReads(20, isOver).then(() => this.#operate())),
      this.#suspendLeavers(isOver),
    ])
  }

  /** One read, or one write of an own post. */
  async #act(member: Person): Promise<void> {
    if (this.#random.integer(20) < 19) return this.#read(member)
    const own = [...this.#posts].filter(
      ([, { authorId, isDeleted }]) => authorId === member.userId && !isDeleted,
    )
    const choice = this.#random.integer(3)
    if (own.length === 0 || (choice === 0 && own.length < MOST_POSTS)) return this.#create(member)
    const [name, post] = this.#random.pick(own)
    if (choice === 1) return this.#delete(member, name, post)
    const input = this.#newContent()
    await this.history.write(`post ${name}`, toValue(member, input), () =>
      this.#change(member, UPDATE, { id: post.id, input }),
    )
  }

  async #create(author: Person): Promise<void> {
    const name = String((this.#names += 1))
    const input = { ...this.#newContent(), content: 'x' }
    await this.history.write(`post ${name}`, toValue(author, input), async () => {
      const { id } = (await this.#change(author, CREATE, { input }))['createPost'] as { id: string }
      this.#posts.set(name, { id, authorId: author.userId, isDeleted: false })
    })
  }

  async #delete(author: Person, name: string, post: { id: string; isDeleted: boolean }): Promise<void> {
    await this.history.write(`post ${name}`, null, () => this.#change(author, DELETE, { id: post.id }))
    post.isDeleted = true
  }

  #newContent() {
    this.#names += 1
    return { title: `v${this.#names}`, published: this.#random.integer(4) > 0 }
  }

  async #read(person: Person): Promise<void> {
    switch (this.#random.integer(4)) {
      case 0:
        return this.#record('me', person, '{ me { id roles } }', {}, ({ data }) =>
          this.#toMeFacts(person, data),
        )
      case 1:
        return this.#readOne(person)
      default:
        return this.#readList(person)
    }
  }

  #toMeFacts({ userId }: Person, data: Record<string, unknown> | null | undefined): Fact[] {
    const { id, roles } = data?.['me'] as { id: string; roles: readonly string[] }
    if (id !== userId) throw new Error(`${userId} got the account ${id}`)
    const isMember = this.#cast.members.some((member) => member.userId === id)
    const project = (value: Value) => value?.['roles'] ?? 'none'
    return isMember ? [{ object: `roles ${id}`, seen: roles.join(' '), project }] : []
  }

  async #readOne(person: Person): Promise<void> {
    const [name, { id }] = this.#random.pick([...this.#posts])
    await this.#record('post', person, ONE, { id }, ({ data, code }) => {
      const post = data?.['post'] as SeenPost | undefined
      if (!post && code !== 'NOT_FOUND') throw new Error(`post: ${code}`)
      const seen = post?.title ?? 'absent'
      return [{ object: `post ${name}`, seen, project: (value) => projectPost(value, person, null) }]
    })
  }

  async #readList(person: Person): Promise<void> {
    const { members, authors } = this.#cast
    const filters: PostFilter[] = [{}, {}, { published: true }, { published: false }]
    const ofAuthor = { authorId: this.#random.pick([...members, ...authors]).userId }
    const filter = this.#random.pick([...filters, ofAuthor])
    for (const list of LISTS) await this.#readListAs(list, person, filter)
  }

  #readListAs(list: string, person: Person, filter: PostFilter): Promise<void> {
    return this.#record('posts', person, list, { filter }, ({ data }) => {
      const { nodes } = data?.['posts'] as { nodes: readonly SeenPost[] }
      const posts = [...this.#posts].map(([name, { id }]): Fact => {
        const seen = nodes.find((node) => node.id === id)?.title ?? 'absent'
        return { object: `post ${name}`, seen, project: (value) => projectPost(value, person, filter) }
      })
      const project = (value: Value) => value?.['status'] ?? 'none'
      const statuses = nodes.map(({ author }): Fact => ({
        object: `status ${author.id}`,
        seen: author.status,
        project,
      }))
      return [...posts, ...statuses]
    })
  }

  /** Records a read with what it shows about the access of the person. */
  #record(
    name: string,
    person: Person,
    query: string,
    variables: object,
    toFacts: (response: GraphqlResponse<Record<string, unknown>>) => readonly Fact[],
  ): Promise<void> {
    return this.history.read(`${name} ${JSON.stringify(variables)} of ${person.userId}`, async () => {
      const response = await this.#send(person, query, { ...variables })
      const isRefused = response.code === 'UNAUTHENTICATED'
      const project = (value: Value) => (value ? 'refused' : 'admitted')
      const seen = isRefused ? 'refused' : 'admitted'
      const access = { object: `end of ${person.userId}`, seen, project }
      return isRefused ? [access] : [access, ...toFacts(response)]
    })
  }

  /** One change by an operator, on any node. */
  async #operate(): Promise<void> {
    const { members, authors } = this.#cast
    const { administration } = this.#random.pick(this.#cast.nodes).app
    if (this.#random.integer(2) === 0) {
      const { userId } = this.#random.pick(members)
      const roles = ['USER', this.#random.pick(ROLE_NAMES)]
      await this.history.write(`roles ${userId}`, { roles: roles.join(' ') }, () =>
        administration.setRoles(userId, roles),
      )
      return
    }
    const { userId } = this.#random.pick(authors)
    const set = (status: string, work: () => Promise<unknown>) =>
      this.history.write(`status ${userId}`, { status }, work)
    await set('SUSPENDED', () => administration.suspend(userId))
    await set('ACTIVE', () => administration.reinstate(userId))
  }

  /** Lets the caches fill: without pauses every value would be changed before it is read again. */
  async #waitForReads(count: number, isOver: () => boolean): Promise<void> {
    const target = this.history.reads.length + count
    while (this.history.reads.length < target && !isOver()) await setTimeout(2)
  }

  async #suspendLeavers(isOver: () => boolean): Promise<void> {
    const waiting = [...this.#cast.leavers]
    while (!isOver() && waiting.length > 0) {
      await this.#waitForReads(60, isOver)
      const { userId } = waiting.pop() ?? { userId: '' }
      const { administration } = this.#random.pick(this.#cast.nodes).app
      await this.history.write(`end of ${userId}`, {}, () => administration.suspend(userId))
    }
  }

  async #change(person: Person, query: string, variables: Record<string, unknown>) {
    const { data, errors } = await this.#send(person, query, variables)
    if (!data) throw new Error(JSON.stringify(errors))
    return data
  }

  #send({ token }: Person, query: string, variables: Record<string, unknown>) {
    return this.#random.pick(this.#cast.nodes).sendText(query, variables, { token })
  }
}

function toValue({ userId }: Person, { title, published }: { title: string; published: boolean }): Value {
  return { title, authorId: userId, published: String(published) }
}

/** What a viewer sees of a post, in a list with this filter; null: by its id. */
function projectPost(value: Value, { userId }: Person, filter: PostFilter | null): string {
  if (value === null || (value['published'] === 'false' && value['authorId'] !== userId)) return 'absent'
  if (filter?.published !== undefined && value['published'] !== String(filter.published)) return 'absent'
  if (filter?.authorId !== undefined && value['authorId'] !== filter.authorId) return 'absent'
  return value['title'] ?? 'absent'
}
