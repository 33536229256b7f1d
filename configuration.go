package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"cartograph/monitor"
	"cartograph/transport"
)

// checkConfiguration finds what is wrong with the configuration of a gateway: in
// flags, in the environment, and in how they go together. It returns one error
// that lists every problem, by the names under which each is set, since whoever
// deploys a gateway mends them in one go. Other commands are left to kong, and so
// is what is no configuration, such as flags that there are none of.
func checkConfiguration(parser *kong.Kong, c *commandLine, args []string) error {
	command := commandOf(parser, args)
	if command == nil || command.Name != "serve" || slices.Contains(args, "--help") || slices.Contains(args, "-h") {
		return nil
	}
	var problems []string
	for _, flag := range slices.Concat(parser.Model.Flags, command.Flags) {
		source, value, given := valueOf(flag, args)
		if !given && flag.HasDefault {
			value, given = flag.Default, true
		}
		if !given {
			continue
		}
		if err := decodeFlag(flag, value); err != nil {
			problems = append(problems, fmt.Sprintf("%s: %v", source, err))
			_ = decodeFlag(flag, flag.Default) // what goes together with it is looked at all the same
		}
	}
	problems = append(problems, c.Serve.problems(&c.Settings)...)
	if len(problems) == 0 {
		return nil
	}
	return errors.New("the configuration cannot be used:\n  - " + strings.Join(problems, "\n  - "))
}

// commandOf returns the command that the arguments name, the one that runs
// without any otherwise.
func commandOf(parser *kong.Kong, args []string) *kong.Node {
	for _, arg := range args {
		for _, command := range parser.Model.Children {
			if arg == command.Name {
				return command
			}
		}
	}
	return parser.Model.DefaultCmd
}

// valueOf returns what a flag is set to, and by what: an argument, or else a
// variable of the environment.
func valueOf(flag *kong.Flag, args []string) (source, value string, given bool) {
	for i, arg := range args {
		name, value, assigned := strings.Cut(arg, "=")
		switch {
		case name == "--no-"+flag.Name && flag.IsBool():
			return name, "false", true
		case name != "--"+flag.Name:
		case assigned:
			return name, value, true
		case flag.IsBool():
			return name, "true", true
		case i+1 < len(args):
			return name, args[i+1], true
		}
	}
	for _, variable := range flag.Envs {
		if value, set := os.LookupEnv(variable); set {
			return variable, value, true
		}
	}
	return "", "", false
}

// decodeFlag sets a flag to a value. It fails where that is none of its values.
func decodeFlag(flag *kong.Flag, value string) error {
	flag.Active = true // of the command that is to run: files must exist
	target := reflect.New(flag.Target.Type()).Elem()
	scan := kong.ScanFromTokens(kong.Token{Type: kong.FlagValueToken, Value: value})
	if err := flag.Mapper.Decode(&kong.DecodeContext{Value: flag.Value, Scan: scan}, target); err != nil {
		return err
	}
	if flag.Enum != "" && !slices.Contains(flag.EnumSlice(), value) {
		return fmt.Errorf("must be one of %s, not %q", strings.Join(flag.EnumSlice(), ", "), value)
	}
	flag.Target.Set(target)
	return nil
}

// problems returns what is wrong with values that can be read each for itself.
func (c *serveCommand) problems(s *Settings) []string {
	var found []string
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			found = append(found, fmt.Sprintf(format, args...))
		}
	}
	for name, address := range map[string]string{"LISTEN_ADDR": c.ListenAddr, "ADMIN_ADDR": c.AdminAddr} {
		_, _, err := net.SplitHostPort(address)
		add(err != nil && (address != "" || name == "LISTEN_ADDR"), "%s: an address reads HOST:PORT, such as 127.0.0.1:8080, and not %q", name, address)
	}
	add(c.AdminAddr != "" && c.AdminAddr == c.ListenAddr && !strings.HasSuffix(c.AdminAddr, ":0"), "ADMIN_ADDR: must not be LISTEN_ADDR, which is for everybody")
	add(s.MongoDBURI != "" && !strings.HasPrefix(s.MongoDBURI, "mongodb://") && !strings.HasPrefix(s.MongoDBURI, "mongodb+srv://"),
		"MONGODB_URI: begins with mongodb:// or mongodb+srv://")
	add(s.MongoDBURI == "" && s.DataDir == "", "DATA_DIR: names the folder of the embedded database, or MONGODB_URI another database")
	add(s.MongoDBDatabase == "" || strings.ContainsAny(s.MongoDBDatabase, `/\. "$`), "MONGODB_DATABASE: a name of a database has none of / \\ . \" $ and spaces")
	for _, origin := range c.AllowedOrigins {
		u, err := url.Parse(origin)
		add(err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Path != "" || u.RawQuery != "",
			"ALLOWED_ORIGINS: an origin reads https://shop.example, and not %q", origin)
	}
	_, err := transport.ParseProxies(c.TrustedProxies)
	add(err != nil, "TRUSTED_PROXIES: %v", err)
	if c.NATSURL != "" {
		u, err := url.Parse(strings.Split(c.NATSURL, ",")[0])
		add(err != nil || u.Host == "", "NATS_URL: a server reads nats://HOST:4222")
	}
	add((c.TLSCert == "") != (c.TLSKey == ""), "TLS_CERT and TLS_KEY: a certificate and its key go together")
	add(c.MaxConnections <= 0, "MAX_CONNECTIONS: must be above 0")
	add(c.MaxPerUser <= 0, "MAX_CONNECTIONS_PER_USER: must be above 0")
	add(c.MaxPerUser > c.MaxConnections && c.MaxConnections > 0, "MAX_CONNECTIONS_PER_USER: must not be above MAX_CONNECTIONS")
	add(c.MaxCost <= 0, "MAX_COST: must be above 0")
	add(c.TokenRate < 0, "TOKEN_RATE: must not be below 0, which is for any number")
	add(c.OrganizationRate < 0, "ORGANIZATION_RATE: must not be below 0, which is for any number")
	for name, timeout := range map[string]time.Duration{"QUERY_TIMEOUT": c.QueryTimeout, "DATABASE_TIMEOUT": c.DatabaseTimeout} {
		add(timeout <= 0, "%s: must be above 0, such as 10s", name)
	}
	found = append(found, c.identity.problems()...)
	found = append(found, monitor.TracesProblems()...)
	add(c.keeping.problem() != "", "%s", c.keeping.problem())
	slices.Sort(found)
	return found
}
