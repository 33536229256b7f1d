import{t as e}from"./icon-CXAxlbLa.js";import{n as t}from"./dist-B3T4JJAN.js";var n,r,i,a,o,s,c,l,u,d,f=Symbol.for(`pv`),p={},m=[],h=/^m(i|n|o|s|text|space)$/,g=Array.isArray,_=m.slice,v=Object.assign;function y(e){e&&e.parentNode&&e.remove()}function b(e,t,i,a,o){var s={type:e,props:t,key:i,ref:a,__k:null,__:null,__b:0,__e:null,__c:null,constructor:f,__v:o||++r,__i:-1,__u:0};return!o&&n.vnode&&n.vnode(s),s}function x(e){return e.children}function S(e,t){this.props=e,this.context=t,this.__g=0}function C(e,t){if(t==null)return e.__&&C(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!=`function`||e.props.__P?null:C(e)}function w(e){var t,r=e.__v,i=r.__e,a=[],o=[],s=e.__P;s&&((t=v({constructor:f},r)).__v=r.__v+1,n.vnode&&n.vnode(t),P(s,t,r,e.__n,s.namespaceURI,32&r.__u?[i]:null,a,i||C(r),32&r.__u,o),t.__v=r.__v,t.__.__k[t.__i]=t,I(a,t,o),r.__=r.__e=null,t.__e!=i&&T(t))}function T(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),T(e)}function E(e){(8&e.__g||(e.__g|=8,i.push(e),o++))&&a==n.debounceRendering||((a=n.debounceRendering)||queueMicrotask)(D)}function D(){try{for(var e,t=1;i.length;)i.length>t&&i.sort(s),e=i.shift(),t=i.length,8&e.__g&&w(e)}finally{(o=i.length)&&(a||queueMicrotask)(D)}}function ee(e,t,n,r,i,a,o,s,c,l,u){var d,f,h,g,_,v,y=r.__k||m,b=t.length;for(c=O(n,t,y,c,b),d=0;d<b;d++)(h=n.__k[d])!=null&&(f=~h.__i&&y[h.__i]||p,h.__i=d,v=P(e,h,f,i,a,o,s,c,l,u),g=h.__e,(f.ref!=h.ref||8&f.__u)&&(f.ref&&L(f.ref,null,h,f),h.ref&&u.push(h.ref,h.__c||g,h)),_||=g,4&h.__u?(c=k(h,c,e,!f.__v),f.__e&&(f.__e=null)):typeof h.type==`function`&&v!==void 0?c=v:g&&(c=g.nextSibling),h.__u&=-21);return n.__e=_,c}function O(e,t,n,r,i){var a,o,s,c,l,u,d,p,m,h=n.length,_=h,v=0,y=0,S=e.__k=Array(i);for(a=0;a<i;a++)(o=t[a])!=null&&typeof o!=`boolean`&&typeof o!=`function`?(typeof o!=`object`||o.constructor===String?o=S[a]=b(null,o):g(o)?o=S[a]=b(x,{children:o}):o.constructor===f&&o.__b?o=S[a]=b(o.type,o.props,o.key,o.ref,o.__v):S[a]=o,c=a+v,o.__=e,o.__b=e.__b+1,s=null,~(l=o.__i=A(o,n,c,_))&&(_--,(s=n[l])&&(s.__u|=2)),s&&s.__v?(o.__u|=16,l==c-1?v--:l==c+1?v++:l!=c&&(l>c?v--:v++,y=1)):(~l||(i>h?v--:i<h&&v++),typeof o.type!=`function`&&(o.__u|=4))):S[a]=null;if(y){for(u=[],d=[],a=0;a<i;a++)if((o=S[a])&&16&o.__u){for(v=0,p=u.length;v<p;)u[m=v+p>>1]<o.__i?v=m+1:p=m;u[v]=o.__i,d[a]=v+1}for(v=u.length;a--;)d[a]&&(d[a]==v?v--:S[a].__u|=4)}if(_)for(a=0;a<h;a++)!(s=n[a])||2&s.__u||(s.__e==r&&(r=C(s)),R(s,s));return r}function k(e,t,n,r){var i,a,o,s;if(typeof e.type==`function`){if(e.props.__P)return t;if(i=e.__k)for(a=0;a<i.length;a++)i[a]&&(i[a].__=e,t=k(i[a],t,n,!1));return t}for(t&&!t.parentNode&&(t=C(e))&&!t.parentNode&&(t=null),o=e.__e,s=t;s&&s.nodeType==8;)s=s.nextSibling;for(o!=s&&(!r&&n.moveBefore&&o.parentNode?n.moveBefore(o,t):n.insertBefore(o,t||null)),t=o;(t&&=t.nextSibling)&&t.nodeType==8&&!t.data.startsWith(`$s`););return t}function A(e,t,n,r){var i,a=e.key,o=e.type,s=t[n],c=s&&!(2&s.__u);if(s===null&&a==null||c&&a==s.key&&o==s.type)return n;if(r>+!!c){for(i=n-1;i>=0;i--)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i;for(i=n+1;i<t.length;i++)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i}return-1}function j(e,t,n){n??=``,t[0]==`-`?e.setProperty(t,n):e[t]=n}function M(e,t,n,r,i){var a,o;if(t==`style`){if(typeof n==`string`)e.style.cssText=n;else{if(typeof r==`string`&&(e.style.cssText=r=``),r)for(t in r)n&&t in n||j(e.style,t);if(n)for(t in n)r&&n[t]==r[t]||j(e.style,t,n[t])}}else if(t[0]==`o`&&t[1]==`n`)typeof n!=`function`&&(n=null),typeof r!=`function`&&(r=null),(e.__e||={})[t]=n,n&&r||(o=d[t]||(d[t]=N(t)),(e.__a||={})[t]=u,a=t!=(t=t.replace(l,`$1`)),(t=t.slice(2))[0]<`a`&&(t=t.toLowerCase()),n?e.addEventListener(t,o,a):e.removeEventListener(t,o,a));else{if(i==`http://www.w3.org/2000/svg`)t=t.replace(/xlink(H|:h)/,`h`).replace(/sName$/,`s`);else if(t!=`width`&&t!=`height`&&t!=`href`&&t!=`list`&&t!=`form`&&t!=`tabIndex`&&t!=`download`&&t!=`rowSpan`&&t!=`colSpan`&&t!=`role`&&t!=`popover`&&t in e)try{e[t]=n??``;return}catch{}if(typeof n==`function`)return;n==null||!1===n&&t[4]!=`-`?e.removeAttribute(t):e.setAttribute(t,t==`popover`&&n==1?``:n)}}function N(e){return function(t){var r=this.__e;if(r){if(r=r[e],t[c]==null)t[c]=u++;else if(t[c]<this.__a[e])return;return r(n.event?n.event(t):t)}}}function P(e,t,r,i,a,o,s,c,l,u){var d,p,h,_,b,w,T,E,D,O,k,A,j,M,N,P,I,L,z=t.type;if(t.constructor!==f)return null;128&r.__u&&(l=32&r.__u,d=r.__c.__z)&&(t.__u|=l,p=o=[],d.nodeType==8?c=F(d,o):o.push(d),c=o[0]||c),(d=n.__b)&&d(t);n:if(typeof z==`function`){h=s.length;try{if(E=t.props,D=(d=z.prototype)&&d.render,O=(d=z.contextType)&&i[d.__c],k=d?O?O.props.value:d.__:i,(_=r.__c)?(t.__c=_,2&_.__g&&(_.__g|=1)):(D?t.__c=_=new z(E,k):(t.__c=_=new S(E,k),_.constructor=z,_.render=re),O&&O.sub(_),_.state||(_.state={}),_.__n=i,_.__g|=8,_.__h=[],_.__k=[]),D&&(_.__s||(_.__s=_.state),z.getDerivedStateFromProps&&(_.__s==_.state&&(_.__s=v({},_.__s)),v(_.__s,z.getDerivedStateFromProps(E,_.__s)))),b=_.props,w=_.state,_.__v=t,r.__c){if(E!==b&&D&&!z.getDerivedStateFromProps&&_.componentWillReceiveProps&&_.componentWillReceiveProps(E,k),t.__v==r.__v&&!(8&_.__g)||!(4&_.__g)&&_.shouldComponentUpdate&&!1===_.shouldComponentUpdate(E,_.__s,k)){t.__v!=r.__v&&(_.props=E,_.state=_.__s,_.__g&=-9),t.__e=r.__e,t.__k=r.__k,t.__k.some(function(e){e&&(e.__=t)}),m.push.apply(_.__h,_.__k),_.__k=[],_.__h.length&&s.push(_),c=C(r);break n}_.componentWillUpdate&&_.componentWillUpdate(E,_.__s,k),D&&_.componentDidUpdate&&_.__h.push(function(){_.componentDidUpdate(b,w,T)})}else D&&!z.getDerivedStateFromProps&&_.componentWillMount&&_.componentWillMount(),D&&_.componentDidMount&&_.__h.push(_.componentDidMount);_.context=k,_.props=E,_.__P=e,_.__g&=-5,A=n.__r,j=D?25:0;do _.__g&=-9,A&&A(t),d=_.render(_.props,_.state=_.__s,_.context);while(8&_.__g&&++j<25);D&&(m.push.apply(_.__h,_.__k),_.__k=[]),_.state=_.__s,_.getChildContext&&(i=v({},i,_.getChildContext())),D&&r.__c&&_.getSnapshotBeforeUpdate&&(T=_.getSnapshotBeforeUpdate(b,w)),M=d&&d.type===x&&d.key==null?d.props.children:d,E.__P&&(d=c,a=(e=E.__P).namespaceURI,l=o=null,r.props&&r.props.__P!=e&&(r.__k.some(function(e){e&&R(e,e)}),r.__k=null),c=r.__k?C(r,0):null),c=ee(e,g(M)?M:[M],t,r,i,a,o,s,c,l,u),E.__P&&(t.__e=null,c=d),t.__u&=-161,p&&p.some(y),_.__h.length&&s.push(_),1&_.__g&&(_.__g&=-4)}catch(e){if(s.length=h,t.__v=null,l||o){if(e&&e.then){if(t.__u|=128|l,o){for(~(I=o.indexOf(c||void 0))||(I=o.length);(L=o[I-1])&&L.nodeType==8;)I--;for(;I<o.length;I++)if(L=o[I]){if(o[I]=null,N){if(L==P)break}else{if(L.nodeType!=8)break;L.data.startsWith(`$s`)&&(P=F(N=L))}}}if(!N){for(;c&&c.nodeType==8&&c.nextSibling;)c=c.nextSibling;N=c}(d=F(N=t.__c.__z||(t.__c.__z=N)))?(t.__e=N,c=d):t.__e=c,c&&=c.nextSibling}else o&&o.some(y)}else t.__e=r.__e;t.__k||=r.__k||[],e&&e.then||te(t),n.__e(e,t,r)}}else c=t.__e=ne(r.__e,t,r,i,a,o,s,l,u,e);return(d=n.diffed)&&d(t),c}function F(e,t){if(e&&e.nodeType==8&&e.data.startsWith(`$s`))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith(`$s`))n++;else if(e.data.startsWith(`/$s`)&&!--n)return e}t&&t.push(e)}}function te(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(te))}function I(e,t,r){for(var i=0;i<r.length;)L(r[i++],r[i++],r[i++]);n.__c&&n.__c(t,e),e.some(function(t){try{e=t.__h,t.__h=[],e.some(function(e){e.call(t)})}catch(e){n.__e(e,t.__v)}})}function ne(e,t,r,i,a,o,s,c,l,u){var d,f,m,v,b,x,S,w,T=r.props||p,E=t.props,D=t.type;if(D==`svg`?a=`http://www.w3.org/2000/svg`:D==`math`?a=`http://www.w3.org/1998/Math/MathML`:a||=`http://www.w3.org/1999/xhtml`,o){for(d=0;d<o.length;d++)if((b=o[d])&&(D?b.localName==D:b.nodeType==3)){e=b,o[d]=null;break}}if(!e){if(w=u.ownerDocument||document,!D)return w.createTextNode(E);e=w.createElementNS(a,D,E.is?E:u),c&&=(n.__m&&n.__m(t,o),!1),o=null}if(D){if(u=D==`template`&&e.content||e,o=D==`textarea`&&E.defaultValue!=null?null:o&&_.call(u.childNodes),!c&&o)for(T={},d=0;d<e.attributes.length;d++)T[(b=e.attributes[d]).name]=b.value;for(d in T)b=T[d],d==`dangerouslySetInnerHTML`?m=b:d==`children`||d in E||d==`value`&&`defaultValue`in E||d==`checked`&&`defaultChecked`in E||M(e,d,null,b,a);for(d in E)b=E[d],d==`children`?v=b:d==`dangerouslySetInnerHTML`?f=b:d==`value`?x=b:d==`checked`?S=b:c&&typeof b!=`function`||T[d]===b||M(e,d,b,T[d],a);f?(c||m&&(f.__html==m.__html||f.__html==e.innerHTML)||(e.innerHTML=f.__html),t.__k=[]):(m&&(e.textContent=``),(D==`foreignObject`||a==`http://www.w3.org/1998/Math/MathML`&&h.test(D))&&(a=`http://www.w3.org/1999/xhtml`),ee(u,g(v)?v:[v],t,r,i,a,o,s,o?o[0]:r.__k&&C(r,0),c,l),o&&o.some(y)),c&&D!=`textarea`||(d=`value`,D==`progress`&&x==null?e.removeAttribute(d):x==null||x===e[d]&&(D!=`progress`||x)||M(e,d,x,T[d],a),d=`checked`,S!=null&&S!=e[d]&&M(e,d,S,T[d],a))}else T===E||c&&e.data==E||(e.data=E);return e}function L(e,t,r,i){try{typeof e==`function`?t?t.__x=e(t)||1:(i&&=i.__c||i.__e)&&(t=i.__x)&&(i.__x=null,typeof t==`function`?t():e(null)):e.current=t}catch(e){n.__e(e,r)}}function R(e,t,r){var i,a,o,s;if(n.unmount&&n.unmount(e),!(i=e.ref)||i.current&&i.current!=e.__e||L(i,null,t,e),i=e.__c){if(i.componentWillUnmount)try{i.componentWillUnmount()}catch(e){n.__e(e,t)}i.__P=i.__n=null}if(i=e.__k)for(s=0;s<i.length;s++)i[s]&&R(i[s],t,typeof e.type!=`function`||r&&!e.props.__P);!r&&(i=e.__c)&&(i=i.__z)&&(a=F(i,o=[]))&&(i==e.__e&&o.some(y),y(a),y(i)),r||y(e.__e),e.__e=e.__c=e.__=null}function re(e,t,n){return this.constructor(e,n)}function z(e,t){var r,i,a,o;n.__&&n.__(e,t),t.nodeType==9&&(t=t.documentElement),i=(r=e&&32&e.__u)?null:t.__k,t.__k=b(x,{children:[e]}),a=[],o=[],P(t,t.__k,i||p,p,t.namespaceURI,i?null:t.firstChild?_.call(t.childNodes):null,a,i?i.__e:t.firstChild,r,o),I(a,t.__k,o),t.__k.props.children=null}n={__e:function(e,t,n,r){for(var i,a,s;t=t.__;)if((i=t.__c)&&!(1&i.__g)){i.__g|=4;try{if((s=(a=i.constructor)&&a.getDerivedStateFromError)&&i.setState(a.getDerivedStateFromError(e)),i.componentDidCatch&&(i.componentDidCatch(e,r||{}),s=1),s&&8&i.__g)return void(i.__g|=2)}catch(t){e=t}}throw o=0,e}},r=0,S.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=v({},this.state)),typeof e==`function`&&(e=e(v({},n),this.props)),e&&(v(n,e),this.__v&&(t&&this.__k.push(t),E(this)))},S.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),E(this))},S.prototype.render=x,i=[],o=0,s=function(e,t){return e.__v.__b-t.__v.__b},c=Symbol(),l=/(PointerCapture)$|Capture$/i,u=0,d={};var B,V,H,ie,U=Object.is,W=0,ae=[],G=[],K=n,oe=K.__b,se=K.__r,ce=K.diffed,le=K.__c,ue=K.unmount,de=K.__;function q(e,t){K.__h&&K.__h(V,e,W||t),W=0;var n=V.__H||(V.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function J(e){return W=1,fe(be,e)}function fe(e,t,n){var r=q(B++,2);if(r.t=e,!r.__c&&(r.__=[n?n(t):be(void 0,t),function(e){var t=(r.__N||r.__)[0],n=r.t(t,e);U(t,n)||(r.__N=[n,r.__[1]],r.__c.setState({}))}],r.__c=V,!V.__f)){V.__f=!0;var i=V.shouldComponentUpdate;V.shouldComponentUpdate=function(e,t,n){var r=this.__H;if(!r)return!0;var a=!1,o=this.props!=e;if(r.__.some(function(e){e.__N&&(a=!0,U(e.__[0],e.__N[0])||(o=!0))}),i){var s=i.call(this,e,t,n);return a?s||o:s}return!a||o}}return r.__}function Y(e,t){var n=q(B++,3);!K.__s&&ye(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,V.__H.__h.push(n))}function pe(e,t){var n=q(B++,7);return ye(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function me(){var e;do{for(;e=G.shift();)try{X(e)}catch(t){K.__e(t,{__:(e=e.__P)&&e.__v})}for(;e=ae.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(X),t.__h.some(ve),t.__h=[]}catch(n){t.__h=[],K.__e(n,e.__v)}}}while(G.length)}K.__b=function(e){V=null,oe&&oe(e)},K.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),de&&de(e,t)},K.__r=function(e){se&&se(e),B=0;var t=(V=e.__c).__H;t&&(H==V?V.__h=[]:(t.__h.some(X),t.__h.some(ve),B=0),t.__h=[],t.__.some(function(e){e.__N&&(e.__=e.__N),e.u=e.__N=void 0})),H=V},K.diffed=function(e){ce&&ce(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&_e(ae.push(t)),t.__H.__.some(function(e){e.u&&(e.__H=e.u)})),H=V=null},K.__c=function(e,t){t.some(function(e){try{e.__h.some(X),e.__h=e.__h.filter(function(e){return!e.__||ve(e)})}catch(t){e.__h=[function(){throw t}]}}),le&&le(e,t)},K.unmount=function(e){ue&&ue(e);var t,n,r=e.__c;r&&r.__H&&(r.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n&&=n.__c}r.__P=n,_e(G.push(r))}else X(r)}catch(e){t=e}}),r.__H=void 0,t&&K.__e(t,r.__v))};var he=typeof requestAnimationFrame==`function`;function ge(e){var t,n=function(){clearTimeout(r),he&&cancelAnimationFrame(t),setTimeout(e)},r=setTimeout(n,35);he&&(t=requestAnimationFrame(n))}function _e(e){e!=1&&ie==K.requestAnimationFrame||((ie=K.requestAnimationFrame)||ge)(me)}function X(e){var t=V,n=e.__c;typeof n==`function`&&(e.__c=void 0,n()),V=t}function ve(e){var t=V;e.__c=e.__(),V=t}function ye(e,t){return!e||e.length!=t.length||t.some(function(t,n){return!U(t,e[n])})}function be(e,t){return typeof t==`function`?t(e):t}function xe(e,t){for(let n of e.variations){let r=n.sizes.find(e=>e.sku===t);if(!r&&n.sku!==t)continue;let i=[n.name,r?.name].filter(Boolean).join(` · `);return{name:e.name,detail:i||t,hex:Se(n.attributes)??Ce(e.sku)}}return{name:e.name,detail:t===e.name?e.brandName??``:t,hex:Ce(e.sku)}}function Se(e){return e.map(({value:e})=>e).find(e=>/^#[0-9a-f]{6}$/i.test(e))}function Ce(e){let t=0;for(let n of e)t=(t*33+n.charCodeAt(0))%9973;return`hsl(${t*137%360} 32% 48%)`}function we(e,t){return(e.variations.flatMap(({sizes:e})=>e).find(e=>e.sku===t)?.price??e.price)?.current}function Te(e){return e?new Intl.NumberFormat(void 0,{style:`currency`,currency:e.currency}).format(Number(e.amount)):`–`}function Ee(e){return new Date(e).toLocaleTimeString(void 0,{hour:`2-digit`,minute:`2-digit`,second:`2-digit`})}function De(e){return new Date(e).toLocaleString(void 0,{day:`numeric`,month:`short`,hour:`2-digit`,minute:`2-digit`})}var Z=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}};new Z(`
    fragment CallHead on Call {
  id
  callId
  startedAt
  endedAt
  agent {
    name
  }
  queue {
    name
  }
  shopper {
    firstName
    lastName
  }
}
    `,{fragmentName:`CallHead`}),new Z(`
    fragment ProductCard on Product {
  sku
  name
  brandName
  price {
    current {
      amount
      currency
    }
  }
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
      inStock
      price {
        current {
          amount
          currency
        }
      }
    }
  }
}
    `,{fragmentName:`ProductCard`}),new Z(`
    fragment ProductFace on Product {
  sku
  name
  brandName
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
    }
  }
}
    `,{fragmentName:`ProductFace`}),new Z(`
    fragment ItemState on CartItem {
  sku
  name
  quantity
  price {
    amount
    currency
  }
  product {
    ...ProductFace
  }
}
    fragment ProductFace on Product {
  sku
  name
  brandName
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
    }
  }
}`,{fragmentName:`ItemState`}),new Z(`
    fragment RequestState on CartRequest {
  requestId
  kind
  sku
  name
  quantity
  previousQuantity
  requestedAt
  expiresAt
  status
  reason
  message
  product {
    ...ProductFace
  }
}
    fragment ProductFace on Product {
  sku
  name
  brandName
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
    }
  }
}`,{fragmentName:`RequestState`}),new Z(`
    fragment CartState on Cart {
  callId
  version
  items {
    ...ItemState
  }
  pendingRequests {
    ...RequestState
  }
  value {
    amount
    currency
  }
  checkedOut {
    at
    items {
      sku
      name
      quantity
    }
    value {
      amount
      currency
    }
  }
}
    fragment RequestState on CartRequest {
  requestId
  kind
  sku
  name
  quantity
  previousQuantity
  requestedAt
  expiresAt
  status
  reason
  message
  product {
    ...ProductFace
  }
}
fragment ItemState on CartItem {
  sku
  name
  quantity
  price {
    amount
    currency
  }
  product {
    ...ProductFace
  }
}
fragment ProductFace on Product {
  sku
  name
  brandName
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
    }
  }
}`,{fragmentName:`CartState`}),new Z(`
    fragment Message on ChatMessage {
  messageId
  sentAt
  author
  authorName
  text
}
    `,{fragmentName:`Message`}),new Z(`
    fragment Refusal on UserError {
  code
  message
}
    `,{fragmentName:`Refusal`});var Oe=new Z(`
    query LatestCalls($first: Int!) {
  calls(first: $first, filter: {status: ACCEPTED}) {
    nodes {
      ...CallHead
    }
  }
}
    fragment CallHead on Call {
  id
  callId
  startedAt
  endedAt
  agent {
    name
  }
  queue {
    name
  }
  shopper {
    firstName
    lastName
  }
}`,{hash:`sha256:000678c51ff063ffac6f8cc4a7638caa3374fe5848c1881f214fa8a0fff826fd`}),ke=new Z(`
    query OneCall($id: ID!) {
  call(id: $id) {
    ...CallHead
    products {
      sku
      product {
        ...ProductCard
      }
    }
  }
}
    fragment CallHead on Call {
  id
  callId
  startedAt
  endedAt
  agent {
    name
  }
  queue {
    name
  }
  shopper {
    firstName
    lastName
  }
}
fragment ProductCard on Product {
  sku
  name
  brandName
  price {
    current {
      amount
      currency
    }
  }
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
      inStock
      price {
        current {
          amount
          currency
        }
      }
    }
  }
}`,{hash:`sha256:a24f2e596d6afdd236ea40c490e21f70b0545ef152f3c810b666dd76dec92116`}),Ae=new Z(`
    query FindProducts($namePrefix: String!) {
  products(first: 12, namePrefix: $namePrefix) {
    nodes {
      ...ProductCard
    }
  }
}
    fragment ProductCard on Product {
  sku
  name
  brandName
  price {
    current {
      amount
      currency
    }
  }
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
      inStock
      price {
        current {
          amount
          currency
        }
      }
    }
  }
}`,{hash:`sha256:1c581f32681dadd48d316d12616c265cf4e8546acfdd14423368a6811fe63ee1`}),je=new Z(`
    query ProductBySku($sku: ID!) {
  product(id: $sku) {
    ...ProductCard
  }
}
    fragment ProductCard on Product {
  sku
  name
  brandName
  price {
    current {
      amount
      currency
    }
  }
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
      inStock
      price {
        current {
          amount
          currency
        }
      }
    }
  }
}`,{hash:`sha256:e9ccae18ba65a694f0d3a024f23e0fde9297463facf7d17d714a3c669b55c17b`}),Me=new Z(`
    query CartNow($callId: ID!) {
  cart(callId: $callId) {
    ...CartState
  }
}
    fragment RequestState on CartRequest {
  requestId
  kind
  sku
  name
  quantity
  previousQuantity
  requestedAt
  expiresAt
  status
  reason
  message
  product {
    ...ProductFace
  }
}
fragment ItemState on CartItem {
  sku
  name
  quantity
  price {
    amount
    currency
  }
  product {
    ...ProductFace
  }
}
fragment ProductFace on Product {
  sku
  name
  brandName
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
    }
  }
}
fragment CartState on Cart {
  callId
  version
  items {
    ...ItemState
  }
  pendingRequests {
    ...RequestState
  }
  value {
    amount
    currency
  }
  checkedOut {
    at
    items {
      sku
      name
      quantity
    }
    value {
      amount
      currency
    }
  }
}`,{hash:`sha256:02ad70fb481c23613694cce0ef410e1ddb7c8cc66d3db77db9a4c294524b51bb`}),Ne=new Z(`
    query LatestMessages($callId: ID!) {
  chatMessages(last: 30, callId: $callId) {
    nodes {
      ...Message
    }
  }
}
    fragment Message on ChatMessage {
  messageId
  sentAt
  author
  authorName
  text
}`,{hash:`sha256:4cf1df3f89774d65fd94af3e66a869d0d59e0969ab5764cad91380b4ccf02186`}),Pe=new Z(`
    mutation AddToCart($input: AddToCartInput!) {
  addToCart(input: $input) {
    userErrors {
      ...Refusal
    }
  }
}
    fragment Refusal on UserError {
  code
  message
}`,{hash:`sha256:020b056aca9d74d05825b48482901eed57cb59d56334f6f41045f5330328a6a4`}),Fe=new Z(`
    mutation UpdateCartItem($input: UpdateCartItemInput!) {
  updateCartItem(input: $input) {
    userErrors {
      ...Refusal
    }
  }
}
    fragment Refusal on UserError {
  code
  message
}`,{hash:`sha256:eb15cca6c30742c4544d1792b59e780670e6893898da346bf21ec7b07bdb3c7d`}),Ie=new Z(`
    mutation RemoveFromCart($input: RemoveFromCartInput!) {
  removeFromCart(input: $input) {
    userErrors {
      ...Refusal
    }
  }
}
    fragment Refusal on UserError {
  code
  message
}`,{hash:`sha256:efe212defffc503af43f10ce56da5299aa3b6d9d4da14146ab9122b493f3c32f`}),Le=new Z(`
    mutation CreateShopperToken($input: CreateShopperTokenInput!) {
  createShopperToken(input: $input) {
    token
    expiresAt
    userErrors {
      ...Refusal
    }
  }
}
    fragment Refusal on UserError {
  code
  message
}`,{hash:`sha256:9495d602bb98760f26e5f5125b8b322133443bfb9baf20e79cf8c640b5409560`}),Re=new Z(`
    mutation AcknowledgeCartRequest($input: AcknowledgeCartRequestInput!) {
  acknowledgeCartRequest(input: $input) {
    userErrors {
      ...Refusal
    }
  }
}
    fragment Refusal on UserError {
  code
  message
}`,{hash:`sha256:1518cacee7bc795f7aab368cb1f7a119e0bf330bfc4107e7480d48a772070004`}),ze=new Z(`
    mutation CheckoutCart($input: CheckoutCartInput!) {
  checkoutCart(input: $input) {
    userErrors {
      ...Refusal
    }
  }
}
    fragment Refusal on UserError {
  code
  message
}`,{hash:`sha256:f8515269f25172ada57bf9389d4b2e68bb2281d0eb6439755b7391f95d75c596`}),Be=new Z(`
    subscription CartUpdated($callId: ID!, $after: Long) {
  cartUpdated(callId: $callId, after: $after) {
    version
    kind
    at
    cart {
      ...CartState
    }
    item {
      sku
      name
      quantity
    }
    previousQuantity
    request {
      ...RequestState
    }
  }
}
    fragment RequestState on CartRequest {
  requestId
  kind
  sku
  name
  quantity
  previousQuantity
  requestedAt
  expiresAt
  status
  reason
  message
  product {
    ...ProductFace
  }
}
fragment ItemState on CartItem {
  sku
  name
  quantity
  price {
    amount
    currency
  }
  product {
    ...ProductFace
  }
}
fragment ProductFace on Product {
  sku
  name
  brandName
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
    }
  }
}
fragment CartState on Cart {
  callId
  version
  items {
    ...ItemState
  }
  pendingRequests {
    ...RequestState
  }
  value {
    amount
    currency
  }
  checkedOut {
    at
    items {
      sku
      name
      quantity
    }
    value {
      amount
      currency
    }
  }
}`,{hash:`sha256:2fc9e57d77b476123789e9a6e652a735b0505946574d29cd53677073fe226bae`}),Ve=new Z(`
    subscription CartRequested($callId: ID!) {
  cartRequested(callId: $callId) {
    __typename
    ... on ShouldAddItemToCart {
      requestId
      sku
      quantity
      expiresAt
      product {
        ...ProductCard
      }
    }
    ... on ShouldUpdateItemInCart {
      requestId
      sku
      quantity
      previousQuantity
      expiresAt
      product {
        ...ProductCard
      }
    }
    ... on GotoCheckout {
      items {
        sku
        name
        count
      }
    }
  }
}
    fragment ProductCard on Product {
  sku
  name
  brandName
  price {
    current {
      amount
      currency
    }
  }
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
      inStock
      price {
        current {
          amount
          currency
        }
      }
    }
  }
}`,{hash:`sha256:bc7e2d6b639b4b631d992bdb69e33f3966eb0b32f1415f617ea86fd4e1b4168f`}),He=new Z(`
    subscription CallStarted {
  callStarted {
    ...CallHead
  }
}
    fragment CallHead on Call {
  id
  callId
  startedAt
  endedAt
  agent {
    name
  }
  queue {
    name
  }
  shopper {
    firstName
    lastName
  }
}`,{hash:`sha256:a8f27493c69d6d573a737c7702f646b878f6c0d558bced0e0ef2dab7548921f7`}),Ue=new Z(`
    subscription CallEnded {
  callEnded {
    ...CallHead
  }
}
    fragment CallHead on Call {
  id
  callId
  startedAt
  endedAt
  agent {
    name
  }
  queue {
    name
  }
  shopper {
    firstName
    lastName
  }
}`,{hash:`sha256:b1e7951d75ff8ec2d29eb8eab8bac981aa3243d062630935d355cf9c9de26ed4`}),We=new Z(`
    subscription ChatMessageAdded($callId: ID!) {
  chatMessageAdded(callId: $callId) {
    ...Message
  }
}
    fragment Message on ChatMessage {
  messageId
  sentAt
  author
  authorName
  text
}`,{hash:`sha256:ddfdf54ae80a27ec62b8cef003f7ada98b00d61fef420ab5adc3d35d39cc3e85`}),Ge=Symbol.for(`pv`),Ke=0;Array.isArray;function Q(e,t,r,i,a,o){t||={};var s,c,l=t;if(`ref`in l&&typeof e!=`function`)for(c in l={},t)c==`ref`?s=t[c]:l[c]=t[c];var u={type:e,props:l,key:r,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Ge,__v:--Ke,__i:-1,__u:0};return(a||o)&&(u.__source=a,u.__self=o),n.vnode&&n.vnode(u),u}function qe(e){let[t,n]=J({link:`connecting`,why:``});return Y(()=>e.onLink((e,t)=>n({link:e,why:t})),[e]),t}var Je={connecting:`Connecting …`,live:`Live`,lost:`Connection lost, trying again …`,refused:`Not let in`};function Ye({title:t,link:n,children:r}){return Q(`header`,{class:`bar`,children:[Q(`a`,{class:`brand`,href:`.`,title:`To the playground`,children:[Q(`img`,{src:e,alt:``,width:`26`,height:`26`}),Q(`span`,{children:`Cartograph`})]}),Q(`h1`,{children:t}),Q(`nav`,{"aria-label":`Pages`,children:r}),Q(`span`,{class:`link ${n}`,role:`status`,children:Je[n]})]})}function Xe({face:e}){return Q(`span`,{class:`tile`,style:{background:e.hex},"aria-hidden":`true`,children:e.name.slice(0,1)})}function Ze({face:e,children:t}){return Q(x,{children:[Q(Xe,{face:e}),Q(`span`,{class:`article`,children:[Q(`strong`,{children:e.name}),Q(`small`,{children:e.detail}),t]})]})}function Qe({until:e}){let t=()=>Math.max(0,Math.min(30,Math.ceil((Date.parse(e)-Date.now())/1e3))),[n,r]=J(t);return Y(()=>{r(t());let e=setInterval(()=>r(t()),500);return()=>clearInterval(e)},[e]),Q(`span`,{class:`countdown`,role:`timer`,"aria-label":`${n} seconds left`,children:[Q(`progress`,{max:30,value:n,"aria-hidden":`true`}),n,` s`]})}function $e({text:e,dismiss:t}){return Q(`p`,{class:`notice`,role:`alert`,children:[Q(`span`,{children:e}),t&&Q(`button`,{type:`button`,class:`quiet`,"aria-label":`Dismiss`,onClick:t,children:`×`})]})}var $=class extends Error{code;constructor(e,t){super(e),this.code=t}},et=1e4,tt=5e3,nt=8e3,rt=4403,it=class{client;listeners=new Set;constructor(e){let n=new URL(`graphql`,document.baseURI);n.protocol=n.protocol.replace(`http`,`ws`);let r;this.client=t({url:n.href,lazy:!1,connectionParams:e===``?void 0:{Authorization:`Bearer ${e}`},keepAlive:et,retryAttempts:1/0,retryWait:e=>ut(e),shouldRetry:e=>e.code!==rt,onNonLazyError:()=>void 0,on:{connecting:()=>this.tell(`connecting`),connected:()=>this.tell(`live`),closed:e=>{clearTimeout(r);let{code:t,reason:n}=e;t===rt||t===4401||t===4400?this.tell(`refused`,n):this.tell(`lost`,n)},ping:e=>{e||(r=setTimeout(()=>this.client.terminate(),tt))},pong:e=>{e&&clearTimeout(r)}}})}onLink(e){return this.listeners.add(e),()=>this.listeners.delete(e)}tell(e,t=``){for(let n of this.listeners)n(e,t)}run(e,t){return new Promise((n,r)=>{let i;this.client.subscribe(ot(e,t),{next:e=>{let t=st(e);t?r(t):i=e.data},error:e=>r(ct(e)),complete:()=>n(i)})})}watch(e,t,n,r){let i=()=>{},a=!1,o,s=0,c=()=>{i=this.client.subscribe(ot(e,t),{next:e=>{s=0,e.data&&n(e.data)},error:e=>{let t=ct(e);at.has(t.code)?r(t):l()},complete:()=>l()})},l=()=>{a||(o=setTimeout(c,lt(s++)))};return c(),()=>{a=!0,clearTimeout(o),i()}}close(){this.client.dispose()}},at=new Set([`BAD_USER_INPUT`,`NOT_FOUND`,`UNAUTHENTICATED`,`FORBIDDEN`,`GRAPHQL_VALIDATION_FAILED`,`CLOSED`]);function ot(e,t){return{query:``,variables:t,extensions:{persistedQuery:{version:1,sha256Hash:e.__meta__?.hash}}}}function st({errors:e}){return e&&e.length>0?ct(e):void 0}function ct(e){if(Array.isArray(e)){let{message:t,extensions:n}=e[0];return new $(t,n?.code??`INTERNAL`)}return e instanceof Event&&`code`in e?new $(e.reason||`The connection was closed.`,`CLOSED`):new $(e instanceof Error?e.message:`The connection failed.`,`CLOSED`)}function lt(e){return Math.min(nt,400*2**e)*(.5+Math.random()/2)}function ut(e){return new Promise(t=>setTimeout(t,lt(e)))}function dt(){return Array.from(crypto.getRandomValues(new Uint8Array(16)),e=>e.toString(16).padStart(2,`0`)).join(``)}var ft=40;function pt(e,t){let[n,r]=J({updates:[]});return Y(()=>{if(r({updates:[]}),t===``)return;let n=()=>{},i=!1,a=e=>{i||r(t=>({...t,failure:e}))},o=i=>{let o=Math.max(0,i.version-ft),s={callId:t,get after(){return o}};n=e.watch(Be,s,({cartUpdated:e})=>{e.version<=o||(o=e.version,r(t=>({cart:t.cart&&t.cart.version>e.version?t.cart:e.cart,updates:[e,...t.updates]})))},a),r({cart:i,updates:[]})};return e.run(Me,{callId:t}).then(({cart:e})=>{i||(e?o(e):a(new $(`There is no call ${t}.`,`NOT_FOUND`)))},a),()=>{i=!0,n()}},[e,t]),n}function mt({cart:e,updates:t}){let n=new Map;for(let{request:e}of t)e&&!n.has(e.requestId)&&n.set(e.requestId,e);for(let t of e?.pendingRequests??[])n.has(t.requestId)||n.set(t.requestId,t);return[...n.values()].sort((e,t)=>e.requestedAt<t.requestedAt?1:-1)}function ht(e){return new URLSearchParams(location.hash.slice(1)).get(e)??``}export{Se as A,Ne as C,Fe as D,Ie as E,J as F,pe as I,x as L,De as M,Te as N,Ee as O,Y as P,z as R,Oe as S,je as T,Ve as _,dt as a,Le as b,Ye as c,qe as d,Q as f,He as g,Ue as h,it as i,we as j,xe as k,$e as l,Pe as m,mt as n,Ze as o,Re as p,pt as r,Qe as s,ht as t,Xe as u,We as v,ke as w,Ae as x,ze as y};