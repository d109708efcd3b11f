// Starts GraphiQL in the page. Tabs, headers and the last document stay in this browser's storage.
const fetcher = GraphiQL.createFetcher({ url: '/graphql' })
const defaultQuery = `# Sign in without a password: ask for a code, then spend it.
# In development the answer carries the code; the message stands at /dev/outbox and in data/outbox/outbox.jsonl.

mutation Register {
  register(input: { email: "ada@example.com", password: "correct horse battery staple" }) {
    challengeId
    otpCode
  }
}

# Put the access token into the Headers tab: { "authorization": "Bearer …" }
query Me {
  me {
    id
    email
  }
}
`
const options = { fetcher, defaultQuery, shouldPersistHeaders: true, defaultEditorToolsVisibility: true }
ReactDOM.createRoot(document.getElementById('ide')).render(React.createElement(GraphiQL, options))
