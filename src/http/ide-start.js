// Starts GraphiQL in the page. Tabs, headers and the last document are kept in the storage of the browser.
const fetcher = GraphiQL.createFetcher({ url: '/graphql' })
const defaultQuery = `# Register an account. In development the response contains the code of the message;
# the message itself is at /dev/outbox and in data/outbox/outbox.jsonl.

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
