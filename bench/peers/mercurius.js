import Fastify from "fastify";
import mercurius from "mercurius";
import { context, resolvers, typeDefs } from "./schema.js";

const app = Fastify();
app.register(mercurius, { schema: typeDefs, resolvers, context: async () => context(), jit: 1 });
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });
