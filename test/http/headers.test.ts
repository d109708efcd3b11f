import { connect } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import {
  CreatePostDocument,
  LoginDocument,
  PostDocument,
  RefreshDocument,
  RequestOtpDocument,
} from '../generated/graphql.ts'

describe('request headers', () => {
  let gateway: TestGateway
  let token: string
  beforeAll(async () => {
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], { RATE_LIMIT_SCALE: '1000' })
    token = (await gateway.signUp()).accessToken
  })
  afterAll(() => gateway.close())

  it('accept a token in Authorization only, with the scheme in any case (SR-050)', async () => {
    const me = async (
      headers: Record<string, string>,
      url = '/graphql',
      body: object = { query: '{ me { id } }' },
    ) => {
      const response = await gateway.app.http.app.inject({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', ...headers },
        payload: JSON.stringify(body),
      })
      const { errors } = response.json<{ errors?: { extensions: { code: string; reason: string } }[] }>()
      return errors?.[0]?.extensions.reason ?? 'in'
    }
    expect(await me({ authorization: `Bearer ${token}` })).toBe('in')
    expect(await me({ authorization: `bearer ${token}` })).toBe('in')
    expect(await me({ authorization: `BEARER ${token}` })).toBe('in')
    for (const authorization of [
      `Basic ${token}`,
      token,
      `Bearer ${token} ${token}`,
      `Bearer ${token}, Bearer ${token}`,
      'Bearer',
      'Bearer ',
      `Bearer  ${token}`,
    ]) {
      expect([authorization.slice(0, 8), await me({ authorization })]).toEqual([
        authorization.slice(0, 8),
        'TOKEN_INVALID',
      ])
    }
    expect(await me({}, `/graphql?access_token=${token}`)).toBe('TOKEN_MISSING')
    expect(await me({ cookie: `accessToken=${token}` })).toBe('TOKEN_MISSING')
    expect(
      await me({}, '/graphql', { query: '{ me { id } }', accessToken: token, extensions: { token } }),
    ).toBe('TOKEN_MISSING')
  })

  it('with two Authorization fields are rejected (SR-050)', async () => {
    const address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const socket = connect(Number(new URL(address).port), '127.0.0.1')
    const body = '{"query":"{ me { id } }"}'
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nAuthorization: Bearer ${token}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n${body}`,
    )
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
    await once(socket, 'end')
    expect(text).toContain('TOKEN_INVALID')
  })

  it('with Accept: application/graphql-response+json get the status of the error code, others get 200', async () => {
    const accept = 'application/graphql-response+json, application/json;q=0.9'
    const post = { input: { title: '', content: '', published: true } }
    const answers = [
      await gateway.sendText('{ me { id } }', {}, { headers: { accept } }),
      await gateway.send(
        LoginDocument,
        { input: { email: newAddress(), password: PASSWORD } },
        { headers: { accept } },
      ),
      await gateway.send(PostDocument, { id: 'x' }, { token, headers: { accept } }),
      await gateway.send(CreatePostDocument, post, { token, headers: { accept } }),
      await gateway.send(RefreshDocument, { refreshToken: 'x' }, { headers: { accept } }),
      await gateway.sendText('{ me { id } }', {}, { headers: { accept: 'application/json' } }),
      await gateway.send(
        RequestOtpDocument,
        { input: { email: newAddress(), purpose: 'LOGIN' } },
        { headers: { accept } },
      ),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 404, 400, 401, 200, 200])
    expect(answers.every(({ headers }) => headers['cache-control'] === 'no-store')).toBe(true)
  })
})
