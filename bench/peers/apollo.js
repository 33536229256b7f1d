import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { context, resolvers, typeDefs } from "./schema.js";

const server = new ApolloServer({ typeDefs, resolvers });
await startStandaloneServer(server, { context: async () => context(), listen: { host: "127.0.0.1", port: Number(process.env.PORT) } });
