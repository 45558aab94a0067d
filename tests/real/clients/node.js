// node node.js SITE USER PASSWORD NAME: posts, edits, uploads and reads comments with the npm package "wordpress".
const [site, username, password, name] = process.argv.slice(2);
const client = require("wordpress").createClient({ url: site, username, password });
const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));

function ask(method, ...given) {
  return new Promise((resolve, reject) =>
    client[method](...given, (error, answer) => (error ? reject(error) : resolve(answer))));
}

(async () => {
  const id = await ask("newPost", { title: "A post", content: "Grüße <b>&amp;</b> ]]>", status: "publish" });
  await ask("editPost", id, { title: `Edited by ${name}` });
  const file = await ask("uploadFile", { name: `${name}.txt`, type: "text/plain", bits: bytes });
  const comments = await ask("authenticatedCall", "wp.getComments", { number: 10 });
  const post = await ask("getPost", id);
  console.log(JSON.stringify({ title: post.title, content: post.content, url: file.url, comments: comments.map((c) => c.author) }));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
